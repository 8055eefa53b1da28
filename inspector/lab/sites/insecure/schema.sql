-- DO NOT COPY THIS: see the password column.
DROP TABLE IF EXISTS sessions;
DROP TABLE IF EXISTS people;

CREATE TABLE people (
  login TEXT PRIMARY KEY,
  password TEXT NOT NULL,   -- WRONG: whoever reads this table can log in as anybody, here and wherever they use the same password
  coins INTEGER NOT NULL
);

CREATE TABLE sessions (
  sid TEXT PRIMARY KEY,
  login TEXT,
  made INTEGER NOT NULL
);
