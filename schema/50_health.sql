-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Compulsory health insurance (AMO): who is covered, long illnesses, claims.

SET search_path = fund;

CREATE TABLE IF NOT EXISTS health_cover (
  immat      text NOT NULL,
  status     text NOT NULL,
  valid_from date,
  valid_to   date,
  sys_from   timestamptz NOT NULL,
  sys_to     timestamptz,
  CHECK (valid_from < valid_to),
  CHECK (isfinite(valid_from) AND isfinite(valid_to)),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (status IN ('O', 'F', 'S'))
);
COMMENT ON TABLE health_cover IS
  'Whether the health insurance of a person is open, with its history';
COMMENT ON COLUMN health_cover.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN health_cover.status IS
  'State of the cover. Unit: O open, F closed, S suspended. Category: social.';
COMMENT ON COLUMN health_cover.valid_from IS
  'First day on which the row was true in the world; empty: since ever. Unit: date. Category:'
  ' time.';
COMMENT ON COLUMN health_cover.valid_to IS
  'First day on which it was no longer true; empty: still true, or no end was known. Unit: '
  'date. Category: time.';
COMMENT ON COLUMN health_cover.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN health_cover.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS beneficiary (
  immat      text NOT NULL,
  rank       smallint NOT NULL,
  relation   text NOT NULL,
  full_name  text,
  birth_date date,
  valid_from date,
  valid_to   date,
  sys_from   timestamptz NOT NULL,
  sys_to     timestamptz,
  CHECK (valid_from < valid_to),
  CHECK (isfinite(valid_from) AND isfinite(valid_to)),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (relation IN ('A', 'C', 'E')),
  CHECK (rank >= 0)
);
COMMENT ON TABLE beneficiary IS 'Who is covered with an insured person, with its history';
COMMENT ON COLUMN beneficiary.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN beneficiary.rank IS
  'Rank: 0 the insured, then spouses and children. Unit: number. Category: key.';
COMMENT ON COLUMN beneficiary.relation IS
  'What they are to the insured. Unit: A insured, C spouse, E child. Category: family.';
COMMENT ON COLUMN beneficiary.full_name IS
  'Name, unless the insured. Unit: text. Category: family.';
COMMENT ON COLUMN beneficiary.birth_date IS
  'Date of birth, unless the insured. Unit: date. Category: family.';
COMMENT ON COLUMN beneficiary.valid_from IS
  'First day on which the row was true in the world; empty: since ever. Unit: date. Category:'
  ' time.';
COMMENT ON COLUMN beneficiary.valid_to IS
  'First day on which it was no longer true; empty: still true, or no end was known. Unit: '
  'date. Category: time.';
COMMENT ON COLUMN beneficiary.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN beneficiary.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS long_illness (
  immat      text NOT NULL,
  rank       smallint NOT NULL,
  illness    text NOT NULL,
  valid_from date,
  valid_to   date,
  sys_from   timestamptz NOT NULL,
  sys_to     timestamptz,
  CHECK (valid_from < valid_to),
  CHECK (isfinite(valid_from) AND isfinite(valid_to)),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to))
);
COMMENT ON TABLE long_illness IS 'Long illness that is paid for in full, with its history';
COMMENT ON COLUMN long_illness.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN long_illness.rank IS 'Rank of the beneficiary. Unit: number. Category: key.';
COMMENT ON COLUMN long_illness.illness IS
  'Which one. Unit: code of the list, 1 to 51. Category: health.';
COMMENT ON COLUMN long_illness.valid_from IS
  'First day on which the row was true in the world; empty: since ever. Unit: date. Category:'
  ' time.';
COMMENT ON COLUMN long_illness.valid_to IS
  'First day on which it was no longer true; empty: still true, or no end was known. Unit: '
  'date. Category: time.';
COMMENT ON COLUMN long_illness.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN long_illness.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS health_claim (
  claim_no     text NOT NULL,
  line         smallint NOT NULL DEFAULT 1,
  immat        text NOT NULL,
  rank         smallint NOT NULL DEFAULT 0,
  provider     text,
  care_date    date NOT NULL,
  filed_on     date,
  paid_on      date,
  act_code     text,
  medicine     text,
  long_illness text,
  amount       numeric(13,2) NOT NULL,
  rate         numeric(5,2),
  refund       numeric(13,2),
  sys_from     timestamptz NOT NULL,
  sys_to       timestamptz,
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (amount >= 0),
  CHECK (rate BETWEEN 0 AND 100),
  CHECK (refund BETWEEN 0 AND amount)
);
COMMENT ON TABLE health_claim IS 'A line of a health claim: one act or medicine';
COMMENT ON COLUMN health_claim.claim_no IS
  'Number of the claim. Unit: 10 digits. Category: health.';
COMMENT ON COLUMN health_claim.line IS 'Line of the claim. Unit: number. Category: key.';
COMMENT ON COLUMN health_claim.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN health_claim.rank IS 'Rank of the beneficiary. Unit: number. Category: key.';
COMMENT ON COLUMN health_claim.provider IS
  'Who gave the care. Unit: INPE of 9 digits. Category: health.';
COMMENT ON COLUMN health_claim.care_date IS 'Day of the care. Unit: date. Category: health.';
COMMENT ON COLUMN health_claim.filed_on IS
  'Day on which the file was handed in. Unit: date. Category: health.';
COMMENT ON COLUMN health_claim.paid_on IS
  'Day of payment; empty: not paid so far. Unit: date. Category: health.';
COMMENT ON COLUMN health_claim.act_code IS
  'What was done. Unit: code of the nomenclature. Category: health.';
COMMENT ON COLUMN health_claim.medicine IS
  'Medicine, if it is one. Unit: bar code. Category: health.';
COMMENT ON COLUMN health_claim.long_illness IS
  'Long illness that it belongs to. Unit: code of the list, 1 to 51. Category: health.';
COMMENT ON COLUMN health_claim.amount IS 'What it cost. Unit: MAD. Category: health.';
COMMENT ON COLUMN health_claim.rate IS
  'Share that the fund pays. Unit: percent. Category: health.';
COMMENT ON COLUMN health_claim.refund IS 'What the fund paid. Unit: MAD. Category: health.';
COMMENT ON COLUMN health_claim.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN health_claim.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';
