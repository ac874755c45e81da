"""What kind of speaker words mean: the lexicon behind the attribution classes."""

import re

# Part of the words that name a speaker -> what kind of speaker; the first that matches counts.
# Patterns are tried on the head (before "of", "for", "who", a comma), then on all of it.

IMAGERY = (
    r"(?:cctv|body ?cam(?:era)?|helmet ?cam(?:era)?|gopro|gif|selfie|screenshots?|screen grabs?)s?"
    r"|(?:satellite|aerial|drone|thermal|infrared|webcam|doorbell|security|dash\s?cam|surveillance"
    r"|cell ?phone|phone|new|verified|archived?|high-resolution)?[ -]?(?:imagery|images?"
    r"|photo(?:graph)?s?"
    r"|pictures?|videos?|footage|clips?|dash ?cams?|webcams?|satellites|time-lapses?"
    r"|snapshots?|stills?|livestreams?|(?:security|surveillance|doorbell|traffic|trail|wildlife"
    r"|weather|all-sky|dashboard|phone) cameras?)"
)
TELEMETRY = (
    r"telemetry|readings?|(?:wind |balloon )?soundings?|packets?|beacons?|(?:last|final|first"
    r"|latest|next) (?:spot|packet|ping|fix"
    r"|position|transmission"
    r"|beacon|position report)s?|transponder(?:'s|’s)? (?:data|records?|signals?)"
    r"|(?:flight[- ]?)?tracking (?:data|sites?|site"
    r"|services?|website)|(?:flight|radar|sensor|gps|ads-?b|mode s|aprs|wspr|radiosonde|beacon"
    r"|position"
    r"|instrument|receiver|tracker|seismic|infrasound|lightning|doppler)[- ](?:\w+ )?(?:data"
    r"|records?|returns?"
    r"|recordings?|logs?|tracks?|plots?|readings?|measurements?|reports?|packets?|stations?|echoes)"
    r"|(?:ads-?b|aprs|gps|wspr|radar|radars|radiosondes?|transponders?|receivers?|sensors?"
    r"|instruments?"
    r"|trackers?|loggers?|data loggers?|seismometers?|doppler|flightradar24|flightaware|sondehub"
    r"|adsbexchange)"
)
DOCUMENT = (
    r"(?:internal |classified |declassified |leaked |court |joint |open |official |written "
    r"|preliminary"
    r" |final |interim |draft |sworn |\d+-page )*(?:letters?|reports?|memos?|memorand(?:um|a)"
    r"|filings?"
    r"|documents?|papers?|e-?mails?|cables?|notices?|advisor(?:y|ies)|bulletins?|circulars?"
    r"|affidavits?|verdicts?|complaints?|indictments?|warrants?|rulings?|judg[e]?ments?|orders?|directives?"
    r"|resolutions?|bills?|amendments?|records?|minutes of|transcripts?|presentations?|web ?sites?"
    r"|web ?pages?|data ?sheets?|brochures?|slides?"
    r"|summar(?:y|ies)|fact sheets?|readouts?|manuals?|contracts?|permits?|licen[cs]es?"
    r"|certificates?|logs?|logbooks?|registers?|registry|databases?|notams?|filed flight plans?"
    r"|flight plans?|flyers?|leaflets?|posters?|labels?|tags?|placards?|notes?|questionnaires?"
    r"|inventor(?:y|ies)|manifests?|timelines?|chronolog(?:y|ies)|regulations?|rules?|laws?"
    r"|treat(?:y|ies)"
    r"|federal register|stud(?:y|ies)|white papers?|assessments?|findings|inquir(?:y|ies)"
    r"|audits?|reviews?"
    r"|investigations?|subpoenas?|petitions?|lawsuits?|applications?|patents?|tenders?|diagrams?"
    r"|charts?"
    r"|maps?|signs?|schedules?|plans?|recordings?|dossiers?|spreadsheets?|invoices?|receipts?|decrees?"
    r"|depositions?|testimony|press kits?|user guides?|agreements?|statutes?|ordinances?|codes?"
    r"|gazettes?|almanacs?|encyclop(?:a?edia)s?|textbooks?|preprints?|thes[ei]s|dissertations?"
    r"|metars?|sigmets?|tafs?|airmets?|pireps?|warnings?|faqs?|guidelines?|guidance|factsheets?"
    r"|catalogues?|catalogs?|listings?|forms?|diar(?:y|ies)|journals?|footnotes?|annex(?:es)?"
    r"|append(?:ix|ices)|prospectus(?:es)?|handbooks?|checklists?|plaques?|stickers?|inscriptions?)"
)
PRESS_NAME = (
    r"(?:(?:The |the )?(?:[A-Z][\w.&’']+ ){0,3}(?:Times|Post|Journal|Gazette|Tribune|Herald"
    r"|Globe|Chronicle"
    r"|Courier|Guardian|Telegraph|Observer|Register|Independent|Standard|Dispatch|Sentinel|Bulletin"
    r"|Examiner|Inquirer|Mirror|Mail|Daily|Weekly|Star|Sun|Zeitung|News(?! Conference)|Newspaper"
    r"|Magazine|Today|Radio|TV"
    r"|Television|Press|Review|Leader|Citizen|Advocate|Reporter|Beacon|Monitor|Record|Republic"
    r"|Weather Channel)"
    r"(?:'s|’s)?(?!\w)|(?<!\w)(?:AP|AFP|Reuters|DPA|NBC|CBS|ABC|CNN|BBC|NPR|PBS|MSNBC|LRT|CBC"
    r"|CTV|NHK|TASS|Tass|RIA"
    r"|Interfax|LETA|BNS|ELTA|ERR|PAP|ANSA|EFE|CNA|ANI|PTI|KBS|Xinhua|Yonhap|Kyodo|Bloomberg"
    r"|Politico|Axios|The Hill|Roll Call|The Atlantic"
    r"|The Economist|Der Spiegel|Le Monde|ProPublica|Newsweek|Delfi|Bellingcat"
    r"|[WK][A-Z]{2,3}"
    r"(?:-(?:TV|FM|AM))?)(?: News)?(?:'s|’s)?(?!\w))"
)
PRESS_WORD = (
    r"newspapers?|the paper|broadcasters?|(?<=[a-z] )(?:radio|television|tv)(?= |$)"
    r"|news (?:agency|agencies|outlets?|organi[sz]ations?|sites?|channels?"
    r"|programmes?|programs?|teams?)|(?:tv|television|radio|local|news) stations?|magazines?"
    r"|outlets?|reporters?"
    r"|journalists?|correspondents?|editors?|media|the press|tabloids?|dail(?:y|ies)|bloggers?"
    r"|wire services?"
    r"|portals?|news ?rooms?|columnists?|commentators?|anchors?"
)
ANALYSED = (
    r"analys[ei]s|analyz\w+|analys(?:ed|ing)|investigations?|reconstruct\w*|trac(?:ed|ing)"
    r"|models?|modell?(?:ed|ing)"
    r"|geolocat\w+|examinations? (?:of|by)"
    r"|review(?:ed)? (?:of|by)|calculat\w+|simulat\w+|compar(?:ed|ison)|verif(?:ied"
    r"|ication)|fact.check\w*|tally|count"
)

_UNIQUE = (
    r"(?:(?:vice |acting |deputy |former |then-|first |assistant |under|interim )*(?:presidents?"
    r"|prime ministers?"
    r"|premiers?|chancellors?|(?:lieutenant |lt\. )?governors?|(?:mayors?)"
    r"|sheriffs?(?!['’]s (?:office|department|deput))|"
    r"(?:foreign |defen[cs]e |interior |home |transport\w* |press )?ministers?|(?:press |home "
    r"|state )?secretar(?:y|ies)"
    r"(?: of [\w ]+| general)?|attorneys? general|ambassadors?|envoys?|consuls?|commandants?"
    r"|commissioners?"
    r"|(?:police|fire|staff|air) chiefs?|chiefs? of (?:staff|police|defen[cs]e)|press secretary"
    r"|national security advis[eo]rs?"
    r"|national security council spokes\w+|(?:airport|port|authority|agency|county|city"
    r"|hospital) (?:chief executives?|ceo)|administrators?|(?:deputy |managing "
    r"|executive )?directors?(?: general)?|managers?|heads?(?= of)|superintendents?|coroners?"
    r"|prosecutors?|district attorneys?"
    r"|captain of the port|speakers?|kings?|queens?|chair(?:man|woman|person)?s?|city managers?"
    r"|county executives?"
    r"|emergency managers?|harbou?r ?masters?|fire marshals?|councill?or?s?|senator"
    r"|congress(?:man|woman)|councilm[ae]n|councilwom[ae]n|alderm[ae]n|judges?"
    r"|spokes(?:man|woman|person|men|women|people|persons)|postmasters?|rangers?|alcalde|voivode"
    r"|prefects?|subprefects?|burgomasters?|magistrates?|wardens?|comptrollers?|ombuds(?:man|woman)"
    r"|attach[eé]s?|deputy ministers?|vice[- ]ministers?|state secretar(?:y|ies)|trustees?|whips?"
    r"|permanent secretar(?:y|ies)|chiefs?(?= of)|chancellery|city clerks?|county clerks?"
    r"|undersecretar(?:y|ies)))"
)
TITLES = (
    r"(?:Brig\.?-? ?Gen|Maj\.?-? ?Gen|Lt\.?-? ?Gen|Gen|General|Vice Adm|Rear Adm|Adm|Admiral"
    r"|Air (?:Chief )?Marshal|Lt\.?-? ?Col|Col|Colonel"
    r"|Maj|Major|Capt|Captain|Cmdr|Commander|Lt|Lieutenant|Sgt|Sergeant|Sens?|Senators?|Reps?"
    r"|Representatives?|Congress(?:man|woman)"
    r"|Gov|Governor|Mayor|Sheriff|President|Vice President|Prime Minister|Premier|Chancellor"
    r"|Minister|Secretary(?: of (?:State|Defen[cs]e|the \w+))?"
    r"|Ambassador|Commissioner|Deputy|Police Chief|Fire Chief|Chief|Officer|Detective|Trooper"
    r"|Inspector|Superintendent|Director|Administrator"
    r"|Under ?secretary|Attorney General|Press Secretary|MP|MEP|Councill?or|Councilm[ae]n"
    r"|Councilwoman|Judge|Justice|Speaker|Brigadier(?:-General)?|Staff Sgt|Airman|Marshal"
    r"|Spokes(?:man|woman|person)|spokes(?:man|woman|person)|Wing Commander|Squadron Leader"
    r"|Group Captain|Flight Lieutenant|Flt\.? Lt|Petty Officer|Warrant Officer|Master Sgt|Cpl"
    r"|Corporal|Constable|Const|Insp|Supt|Deputy Chief|Battalion Chief|Prefect|Voivode"
    r"|Vice[- ]Minister|Deputy Minister|Congresswoman|Ranger|Warden|Harbou?rmaster)"
)
ORGANISATION = (
    r"Pentagon|White House|Capitol|N(?:AV|av) C(?:ANADA|anada)|Eurocontrol|NORAD|NORTHCOM"
    r"|INDOPACOM|STRATCOM|[A-Z]\w+ Command"
    r"|the command|Air (?:and|&) Marine"
    r"|(?:Air National|National|Coast|Border|State Border) Guards?(?: Service)?|Air Force|Navy"
    r"|Army|Marine Corps|Marines|Space Force"
    r"|Bundeswehr|Kremlin|FAA|NTSB|FBI|CIA|DIA|NSA|NSC|DHS|DND|DOD|DoD|TSA|EPA|FEMA|NOAA|NWS"
    r"|NASA|USGS|FCC|CBP|RCMP|Mounties|NATO"
    r"|United Nations|U\.?N\.?|European Union|EU|European Commission|Joint Chiefs(?: of Staff)?"
    r"|Congress|Parliament|Senate|Cabinet|Council"
    r"|[A-Z]\w+ (?:Department|Agency|Administration|Bureau|Office|Authority|Commission|Service"
    r"|Cent(?:er|re)|Institute of Hydro\w+|Directorate|Inspectorate|Headquarters|Board|Survey"
    r"|Police)"
    r"|(?:[A-Z][\w’'-]+ ){1,5}(?:Force|Forces|Ministry|Ministries|Command|Staff|Guard|Army"
    r"|Navy|Council"
    r"|Committee|Parliament|Government|Secretariat|Prosecutor|Prefecture|Municipality|Garrison|Corps)"
    r"|(?:National|Civil|Homeland) Defen[cs]e(?! \w)|Department of [\w ]+|Ministry of [\w ]+"
    r"|Office of [\w ]+|Bureau of [\w ]+|Agency for [\w ]+"
)
ORGANISATION_WORD = (
    r"(?:state |county |city |local |federal |military |provincial |national |metropolitan "
    r"|regional )*"
    r"(?:police(?: department)?|sheriff['’]s (?:office|department|deput\w+)|sheriff['’]s"
    r"|troopers|highway patrol|fire (?:department|service|brigade|authorities)|firefighters|"
    r"departments?|agency|agencies|bureau|administration|authority|government|governments"
    r"|military|armed forces|forces|army|navy|air force|coast guard|national guard"
    r"|border guards?|ministry|ministries|embassy|embassies|consulate|parliament|legislature"
    r"|congress|senate|committees?|subcommittees?|commissions?|councils?"
    r"|cabinet|customs(?: service)?|air traffic control|civil defen[cs]e|civil aviation"
    r"|(?:weather|forest|park|postal|geological|fire|ambulance|prison) service"
    r"|meteorological (?:service|office|agency|institute)"
    r"|met office|weather bureau|hydrometeorolog\w+|county|municipality|city hall|town hall|city"
    r"|airport|airport authority|port authority|space agency"
    r"|general staff|command|headquarters|joint chiefs|court|tribunal|prosecutor['’]s office"
    r"|prosecution|dispatch(?:ers)?|emergency services?|rescue service"
    r"|search and rescue|intelligence (?:services?|community|agency)|security services?"
    r"|state department|side|(?<=[’']s )office|task force|investigative committee"
    r"|delegation|mission)"
)
OFFICIALS = (
    r"(?:officials?|officers?|authorities|sources?|insiders?|aides?|staffers?|diplomats?"
    r"|investigators?|commanders?|generals?|admirals?|colonels?"
    r"|majors?|captains?|lieutenants?|sergeants?|deput(?:y|ies)|troopers?|soldiers?|bureaucrats?"
    r"|agents?|envoys?|circles|negotiators?|dispatchers?|controllers?"
    r"|advis[eo]rs?|leaders?|leadership|functionar(?:y|ies)|regulators?|inspectors?"
    r"|rescuers?"
    r"|police(?:man|woman|men)|constables?|gendarmes?|coastguards?|servicem[ae]n"
    r"|(?:first )?responders?|employees?"
    r"|staff(?: members?)?"
    r"|representatives?|members? of the (?:administration|government)|people (?:briefed|close)"
    r"|persons? (?:briefed|close|familiar)|people familiar|cabinet members?"
    r"|(?:\w+ )?(?:persons?|people) (?:familiar|with (?:direct )?knowledge|briefed)"
    r"|border ?guards?)"
)
EXPERTS = (
    r"(?:(?:chief |senior |lead |retired |former |amateur |associate |assistant |state "
    r"|research |independent |aerospace |atmospheric |emeritus "
    r"|climate |weather |radar |military |defen[cs]e |security |aviation |space |physics "
    r"|science |open-source |digital )*"
    r"(?:professors?|lecturers?|meteorologists?|scientists?|researchers?|analysts?|experts?"
    r"|engineers?|climatologists?|physicists?|historians?"
    r"|specialists?|scholars?|academics?|forecasters?|geographers?|economists?|lawyers?"
    r"|attorneys?|principal investigators?|fellows?|consultants?|technicians?|developers?"
    r"|co-founders?|cofounders?|chief executives?|ceo|chief technology officers?|cto|founders?"
    r"|observers?|weather ?m[ae]n|weatherwom[ae]n"
    r"|astrophysicists?"
    r"|(?:retired|former|ex-?) ?(?:u\.s\. |air force |army |navy |royal \w+ |military |fighter )*"
    r"(?:air (?:vice-?|chief )?marshals?|generals?|admirals?|colonels?|brigadiers?"
    r"|commanders?|majors?"
    r"|commodores?|wing commanders?|group captains?|pilots?|astronauts?|diplomats?"
    r"|ambassadors?)"
    r"|hydrologists?|volcanologists?|glaciologists?|seismologists?|ornithologists?|ecologists?"
    r"|mathematicians?|model(?:l)?ers?|cartographers?|archivists?|geophysicists?|inventors?"
    r"|aerodynamicists?|doctoral (?:students?|candidates?)|phd students?|postdocs?|deans?"
    r"|biologists?"
    r"|cosmologists?|sinologists?|political scientists?|weather presenters?|hurricane hunters?"
    r"|astronomers?|balloonists?|aeronauts?|strategists?|geologists?|chemists?|oceanographers?"
    r"|statisticians?|programmers?|authors?|curators?"
    r"|directors? of (?:the |a )?(?:\w+ ){0,4}(?:program|programme|project|initiative|institute"
    r"|centre|center|laboratory|lab|planetarium|observatory|museum|school)"
    r"|controllers?|veterans?|dr\.|prof\.|think tanks?|universit(?:y|ies)|institutes?"
    r"|laborator(?:y|ies)|observator(?:y|ies)|planetarium|ph\.?d))"
)
EYEWITNESSES = (
    r"(?:residents?|neighbou?rs?|(?:eye)?witness(?:es)?|(?:witness|eyewitness) (?:accounts?"
    r"|reports?|statements?|testimony)|viewers?|(?:truck |bus |uber |cab |delivery )?drivers?"
    r"|truckers?|fisher(?:man|men|s)|farmers?|ranchers?|(?:airline |airliner "
    r"|commercial )?pilots?|co-pilots?|(?:airline|airliner|ferry|fishing|tanker|ship['’]s"
    r"|boat) captains?|crews?(?: members?)?|passengers?|hikers?|homeowners?|students?|pupils?"
    r"|tourists?|visitors?"
    r"|photographers?|videographers?|(?:sky|star|storm|bird|plane)[- ]?(?:watchers?|gazers?"
    r"|chasers?|spotters?)|bystanders?|onlookers?|beach-?goers?|locals?|villagers?|townspeople"
    r"|hunters?|skiers?"
    r"|sailors?|boaters?|surfers?|golfers?|campers?|cyclists?|joggers?|runners?|walkers?"
    r"|teachers?|nurses?|mechanics?|shopkeepers?|shop owners?|store owners?|bar owners?"
    r"|business owners?|homeowners?"
    r"|amateur astronomers?|astronomers? (?:club|group)|couples?|famil(?:y"
    r"|ies)|wom[ae]n|m[ae]n|boys?|girls?|teenagers?|grandmothers?|grandfathers?|retirees?"
    r"|pensioners?"
    r"|workers?|callers?|people (?:on the ground|in|living|nearby|here|who saw)|folks"
    r"|users?"
    r"|commuters?|motorists?|kayakers?|lobstermen|shrimpers?|loggers?|herders?|shepherds?"
    r"|(?:mums?|moms?|dads?|mothers?|fathers?|grannies|granny|grandads?)(?:-of-\w+)?|dog owners?"
    r"|first officers?|flight engineers?|bush pilots?|stargazers?|fishers?|ice fishers?"
    r"|anglers?|crabbers?|oystermen|trappers?"
    r"|lumberjacks?|ranch"
    r" hands?|farmhands?|cowboys?|grocers?|butchers?|tailors?|postal workers?"
    r"|delivery (?:men|people)"
    r"|cabbies|conductors?|railway workers?|stationmasters?|lighthouse keepers?|caretakers?"
    r"|janitors?"
    r"|landlords?|tenants?|hairdressers?|florists?|receptionists?|cashiers?|accountants?|bookkeepers?"
    r"|salesm[ae]n|saleswom[ae]n|vendors?|traders?|merchants?|hawkers?|porters?|cleaners?|nann(?:y|ies)"
    r"|babysitters?|counsel(?:l)?ors?|organists?|choristers?|monks?|nuns?|imams?|rabbis?"
    r"|ministers? of"
    r" the church|skateboarders?|rowers?|swimmers?|divers?(?! team)|windsurfers?|parishioners?"
    r"|picnickers?|fans?|spectators?|concert-?goers?|wedding guests?|readers?|listeners?|followers?"
    r"|posters?(?= on)|redditors?|youtubers?|tiktokers?|influencers?|trick-or-treaters?"
    r"|mayor's wife"
    r"|miners?|construction workers?|skippers?|deckhands?|cooks?|chefs?|waiters?|waitress(?:es)?"
    r"|electricians?|plumbers?|foresters?|gardeners?|roofers?|welders?|painters?|(?:mail|letter)"
    r" carriers?|veterinarians?|vets?|dentists?|librarians?|pastors?|priests?|coach(?:es)?"
    r"|bartenders?|custodians?|lifeguards?|beekeepers?|innkeepers?|hoteliers?|birders?|paddlers?"
    r"|snowmobilers?|dog walkers?|crossing guards?|realtors?|musicians?|artists?|children|kids"
    r"|parents|flight instructors?|crop dusters?|glider pilots?|paragliders?|climbers?"
    r"|eye-?witness\w*|observers? on the ground|spotters?|flight attendants?|captain of (?:an?"
    r"|the) (?:boat|ship|ferry|trawler|flight)|barbers?|bakers?|carpenters?|janitors?|clerks?"
    r"|(?!congress|spokes|chair|police|alder|council|service|states|business|hu|ger|ro|news|fore"
    r"|ombuds)\w{3,}(?:men|man|woman|women)|guests?|inhabitants?|islanders?)"
)
OWNERS = (
    r"(?:operators?|owners?|balloon (?:club|company|maker|operator|team)|(?:flight|launch"
    r"|recovery|mission|ground|project|team) (?:lead(?:er)?s?|team|crew|director"
    r"|controllers?)|(?:radio|ham|amateur radio"
    r"|balloon|hobby) ?clubs?|the club"
    r"|balloon brigade|manufacturers?|builders? of the (?:balloon|craft)"
    r"|makers? of the (?:balloon|craft)|club (?:president|secretary|member)s?)"
)
GROUPS = (
    r"(?:critics?|opponents?|supporters?|lawmakers?|legislators?|senators?|congressm[ae]n"
    r"|representatives|republicans?|democrats?|conservatives?|liberals?|activists?|campaigners?"
    r"|accusers?"
    r"|advocates?|allies|members of congress|opposition|unions?|part(?:y|ies)|politicians?"
    r"|skeptics?|sceptics?|protesters?|detractors?|defenders?|observers|some|many|others"
    r"|both sides"
    r"|makers?|compan(?:y|ies)|firms?|airlines?|carriers?|corporations?|startups?|start-ups?"
    r"|providers?"
    r"|(?:electric |rural |grain )?co-?op(?:erative)?s?|utilit(?:y|ies)|organi[sz]ers|promoters?"
    r"|suppliers?|contractors?|insurers?|associations?|federations?|foundations?|groups?"
    r"|organi[sz]ations?"
    r"|leagues?|alliances?|labs|systems|technologies|aerospace|industries|societ(?:y|ies)|networks?"
    r"|consorti(?:um|a)|collectives?|parents|neighbou?rhood watch|airlines? industry"
    r"|coalitions?|ngos?|charit(?:y|ies)|churches?|schools?|clubs?|hawks|commentators|pundits"
    r"|conspiracy theorists|people|persons|public|enthusiasts?|hobbyists?|gop|caucus|mps"
    r"|deputies of"
    r"|members of parliament|taxpayers?|voters?|investors?|netizens|internet users"
    r"|social media users|(?:telegram |social media |youtube )?(?:channels?|accounts?)|bloggers?"
    r"|commenters?|posters?(?= on))"
)
PRONOUN = re.compile(
    r"(?:he|she|they|it|we|i|you|who|which|that|this|one|both|him|her|them|the (?:two|three|pair"
    r"|men|women))$",
    re.I,
)
DEFINITE = re.compile(r"(?:the|this|that|these|those|its|his|her|their|another)\b", re.IGNORECASE)
NAME = (
    r"(?:[A-ZÀ-ÖØ-Þ][\w’'.-]*[a-zà-öø-ÿ][\w’'-]*|[A-Z]\.)(?: (?:(?:de|da|del|della|di|van|von"
    r"|der|den|la|le|al|el|bin|ibn|of the House)"
    r" )?(?:[A-ZÀ-ÖØ-Þ][\w’'-]*[a-zà-öø-ÿ][\w’'-]*|[A-Z]\.|[A-ZÀ-Þ]{2,}(?=[\s,.]|$)|Jr\.?|Sr\.?"
    r"|III?)){1,3}"
)


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE)


def _proper(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)")


IMAGERY_RE = _word(IMAGERY)
TELEMETRY_RE = _word(TELEMETRY)
DOCUMENT_RE = _word(DOCUMENT)
PRESS_NAME_RE = _proper(PRESS_NAME)
PRESS_WORD_RE = _word(PRESS_WORD)
ANALYSED_RE = _word(ANALYSED)
UNIQUE_RE = _word(_UNIQUE)
TITLES_RE = _proper(TITLES + r"\.?")
TITLED_RE = _proper(
    rf"(?:{TITLES})\.? (?:[A-Z]\. )?[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]*[a-zà-ÿ][\w’'-]*){{0,2}}"
)
ORGANISATION_RE = _proper(ORGANISATION)
ORGANISATION_WORD_RE = _word(ORGANISATION_WORD)
OFFICIALS_RE = _word(OFFICIALS)
EXPERTS_RE = _word(EXPERTS)
EYEWITNESSES_RE = _word(EYEWITNESSES)
OWNERS_RE = _word(OWNERS)
GROUPS_RE = _word(GROUPS)
NAME_RE = _proper(NAME)
