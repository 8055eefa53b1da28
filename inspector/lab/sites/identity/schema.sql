-- The site as it begins. Whoever runs this again begins anew.
DROP TABLE IF EXISTS tokens;
DROP TABLE IF EXISTS codes;
DROP TABLE IF EXISTS people;

CREATE TABLE people (
  sub TEXT PRIMARY KEY,            -- what other sites know them by; it never changes
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  password_hash TEXT NOT NULL
);

-- A code goes through the browser, so it is worth little: it serves once, for a minute, and only to who holds the verifier.
CREATE TABLE codes (
  code TEXT PRIMARY KEY,
  client TEXT NOT NULL,
  sub TEXT NOT NULL REFERENCES people,
  redirect_uri TEXT NOT NULL,
  scope TEXT NOT NULL,
  nonce TEXT,
  challenge TEXT,
  challenge_method TEXT,
  made INTEGER NOT NULL
);

CREATE TABLE tokens (
  token TEXT PRIMARY KEY,
  client TEXT NOT NULL,
  sub TEXT NOT NULL REFERENCES people,
  scope TEXT NOT NULL,
  made INTEGER NOT NULL,
  lasts INTEGER NOT NULL
);
