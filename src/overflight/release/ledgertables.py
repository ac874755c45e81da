"""Tables and views of the evidence ledger's SQLite file."""

SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE items (id TEXT PRIMARY KEY, kind TEXT NOT NULL);
CREATE TABLE sources (
    id TEXT PRIMARY KEY REFERENCES items(id), publisher TEXT, title TEXT, published TEXT,
    published_note TEXT, url TEXT, copy_status TEXT, archived_sha256 TEXT, interest TEXT,
    originals TEXT
);
CREATE TABLE sightings (
    id TEXT PRIMARY KEY REFERENCES items(id), source TEXT NOT NULL REFERENCES sources(id),
    quote TEXT, attribution TEXT NOT NULL, geometry TEXT NOT NULL, time_min_utc TEXT NOT NULL,
    time_max_utc TEXT NOT NULL, lat_deg REAL NOT NULL, lon_deg REAL NOT NULL, position_sd_m REAL,
    altitude_min_m REAL, altitude_max_m REAL, altitude_kind TEXT, reliability TEXT NOT NULL,
    altitude_reliability TEXT, certainty TEXT, interest TEXT, access TEXT, informed TEXT,
    reported TEXT, "use" TEXT, why_not_used TEXT, note TEXT,
    counts_as TEXT REFERENCES sightings(id) DEFERRABLE INITIALLY DEFERRED,
    position_right_fraction REAL
);
CREATE TABLE statements (
    id TEXT PRIMARY KEY REFERENCES items(id), source TEXT NOT NULL REFERENCES sources(id),
    said TEXT NOT NULL, said_precision TEXT, published TEXT, speaker TEXT, role TEXT,
    attribution TEXT NOT NULL, modality TEXT NOT NULL, manner TEXT, topic TEXT, text TEXT,
    quantity TEXT, value_min TEXT, value_max TEXT, scope TEXT, testable TEXT, certainty TEXT,
    reliability TEXT NOT NULL, interest TEXT, access TEXT, informed TEXT
);
CREATE TABLE results (
    statement TEXT PRIMARY KEY REFERENCES statements(id), verdict TEXT NOT NULL,
    credibility INTEGER NOT NULL CHECK (credibility BETWEEN 1 AND 6), grade TEXT NOT NULL,
    probability_fraction REAL, prior_probability_fraction REAL, bayes_factor_log REAL,
    bayes_factor_log_sd REAL, reason TEXT
);
CREATE TABLE lineage (
    item TEXT NOT NULL REFERENCES items(id), goes_back_to TEXT NOT NULL REFERENCES items(id),
    how TEXT NOT NULL, copy_probability REAL
);
CREATE TABLE conflicts (
    first TEXT NOT NULL REFERENCES items(id), second TEXT NOT NULL REFERENCES items(id),
    PRIMARY KEY (first, second)
);
CREATE TABLE history (
    stands_for_it TEXT NOT NULL REFERENCES sightings(id),
    sighting TEXT NOT NULL REFERENCES sightings(id), widened INTEGER NOT NULL, as_written TEXT
);
CREATE TABLE events (
    id TEXT PRIMARY KEY REFERENCES items(id), text TEXT, stated_earliest_utc TEXT,
    stated_latest_utc TEXT, lasts INTEGER NOT NULL, attribution TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES sources(id)
);
CREATE TABLE relations (
    id TEXT PRIMARY KEY REFERENCES items(id), first TEXT NOT NULL REFERENCES items(id),
    relation TEXT NOT NULL, second TEXT NOT NULL REFERENCES items(id), by_times TEXT NOT NULL,
    contradicted INTEGER NOT NULL, quote TEXT, attribution TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES sources(id)
);
CREATE TABLE contradictions (
    number INTEGER NOT NULL, step INTEGER NOT NULL, item TEXT NOT NULL REFERENCES items(id),
    text TEXT, short_by_s REAL, PRIMARY KEY (number, step)
);
CREATE TABLE times (
    item TEXT PRIMARY KEY REFERENCES items(id), begin_earliest_utc TEXT, begin_latest_utc TEXT,
    end_earliest_utc TEXT, end_latest_utc TEXT, narrowed_by TEXT
);
CREATE INDEX lineage_item ON lineage(item);
CREATE INDEX lineage_back ON lineage(goes_back_to);
CREATE VIEW tested_statements AS
    SELECT s.id, s.speaker, s.attribution, s.modality, s.text, r.grade, r.verdict,
        r.probability_fraction, r.prior_probability_fraction, r.reason, o.publisher, o.url
    FROM statements s JOIN results r ON r.statement = s.id JOIN sources o ON o.id = s.source
    WHERE r.probability_fraction IS NOT NULL;
CREATE VIEW roots AS
    SELECT i.id, i.kind FROM items i
    WHERE i.kind IN ('sighting', 'statement') AND NOT EXISTS (
        SELECT 1 FROM lineage l
        WHERE l.item = i.id AND l.how IN ('copies', 'corrects', 'lineage'));
CREATE VIEW timeline AS
    SELECT t.begin_earliest_utc, t.end_latest_utc, t.item, i.kind,
        COALESCE(e.text, s.quote, s.note) AS text, t.narrowed_by
    FROM times t JOIN items i ON i.id = t.item
    LEFT JOIN events e ON e.id = t.item LEFT JOIN sightings s ON s.id = t.item
    ORDER BY t.begin_earliest_utc, t.end_latest_utc;
"""
