"""Wind and ground: many sources in, one shape and its error model out."""
