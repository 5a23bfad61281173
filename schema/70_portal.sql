-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Accounts of the portal, for the insured and for employers. Password hashes are not part of the
-- reference: Tahqiq has no use for them, and its role should have no way to them.

SET search_path = fund;

CREATE TABLE IF NOT EXISTS portal_account (
  login      text NOT NULL,
  immat      text,
  affil      text,
  email      text,
  phone      text,
  status     text NOT NULL,
  valid_from date,
  valid_to   date,
  sys_from   timestamptz NOT NULL,
  sys_to     timestamptz,
  CHECK (valid_from < valid_to),
  CHECK (isfinite(valid_from) AND isfinite(valid_to)),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (num_nonnulls(immat, affil) = 1),
  CHECK (status IN ('A', 'L', 'F'))
);
COMMENT ON TABLE portal_account IS
  'A login of the portal, with its history; its holder is a person or an employer';
COMMENT ON COLUMN portal_account.login IS
  'Name to log in with. Unit: text. Category: credentials.';
COMMENT ON COLUMN portal_account.immat IS
  'The person it belongs to. Unit: registration number. Category: key.';
COMMENT ON COLUMN portal_account.affil IS
  'Or the employer. Unit: affiliation number. Category: key.';
COMMENT ON COLUMN portal_account.email IS
  'E-mail address for messages of the portal. Unit: text. Category: contact.';
COMMENT ON COLUMN portal_account.phone IS
  'Telephone for one-time codes. Unit: international form. Category: contact.';
COMMENT ON COLUMN portal_account.status IS
  'State of the account. Unit: A active, L locked, F closed. Category: credentials.';
COMMENT ON COLUMN portal_account.valid_from IS
  'First day on which the row was true in the world; empty: since ever. Unit: date. Category:'
  ' time.';
COMMENT ON COLUMN portal_account.valid_to IS
  'First day on which it was no longer true; empty: still true, or no end was known. Unit: '
  'date. Category: time.';
COMMENT ON COLUMN portal_account.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN portal_account.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS portal_mandate (
  login      text NOT NULL,
  affil      text NOT NULL,
  scope      text NOT NULL,
  valid_from date,
  valid_to   date,
  sys_from   timestamptz NOT NULL,
  sys_to     timestamptz,
  CHECK (valid_from < valid_to),
  CHECK (isfinite(valid_from) AND isfinite(valid_to)),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (scope IN ('D', 'P', 'T'))
);
COMMENT ON TABLE portal_mandate IS 'Who may act for an employer on the portal, with its history';
COMMENT ON COLUMN portal_mandate.login IS
  'Login of the mandate holder. Unit: text. Category: credentials.';
COMMENT ON COLUMN portal_mandate.affil IS
  'Affiliation number of the employer. Unit: 7 digits. Category: key.';
COMMENT ON COLUMN portal_mandate.scope IS
  'What the mandate covers. Unit: D declarations, P payments, T all. Category: employment.';
COMMENT ON COLUMN portal_mandate.valid_from IS
  'First day on which the row was true in the world; empty: since ever. Unit: date. Category:'
  ' time.';
COMMENT ON COLUMN portal_mandate.valid_to IS
  'First day on which it was no longer true; empty: still true, or no end was known. Unit: '
  'date. Category: time.';
COMMENT ON COLUMN portal_mandate.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN portal_mandate.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS portal_session (
  login    text NOT NULL,
  began_at timestamptz NOT NULL,
  ended_at timestamptz,
  address  inet,
  CHECK (began_at <= ended_at)
);
COMMENT ON TABLE portal_session IS 'A visit to the portal';
COMMENT ON COLUMN portal_session.login IS
  'Name used to log in. Unit: text. Category: credentials.';
COMMENT ON COLUMN portal_session.began_at IS
  'When it began. Unit: moment. Category: credentials.';
COMMENT ON COLUMN portal_session.ended_at IS
  'When it ended; empty: not known. Unit: moment. Category: credentials.';
COMMENT ON COLUMN portal_session.address IS
  'Where it came from. Unit: IP address. Category: location.';
