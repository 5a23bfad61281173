-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Family benefits, daily allowances (sickness, maternity) and loss of employment.

SET search_path = fund;

CREATE TABLE IF NOT EXISTS child (
  immat       text NOT NULL,
  rank        smallint NOT NULL,
  given_name  text NOT NULL,
  sex         text,
  birth_date  date NOT NULL,
  proof       text,
  proof_until date,
  sys_from    timestamptz NOT NULL,
  sys_to      timestamptz,
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (rank >= 1),
  CHECK (sex IN ('M', 'F')),
  CHECK (proof IN ('S', 'A', 'H'))
);
COMMENT ON TABLE child IS 'Children for whom family benefits are or were due';
COMMENT ON COLUMN child.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN child.rank IS 'Rank of the child. Unit: number. Category: family.';
COMMENT ON COLUMN child.given_name IS 'Given name. Unit: text. Category: family.';
COMMENT ON COLUMN child.sex IS 'Sex. Unit: M or F. Category: family.';
COMMENT ON COLUMN child.birth_date IS 'Date of birth. Unit: date. Category: family.';
COMMENT ON COLUMN child.proof IS
  'Proof beyond the age of 12. Unit: S school, A apprentice, H disabled. Category: family.';
COMMENT ON COLUMN child.proof_until IS 'Until when it counts. Unit: date. Category: family.';
COMMENT ON COLUMN child.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN child.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS family_payment (
  immat    text NOT NULL,
  period   date NOT NULL,
  children smallint NOT NULL,
  amount   numeric(8,2) NOT NULL,
  sys_from timestamptz NOT NULL,
  sys_to   timestamptz,
  CHECK (extract(day FROM period) = 1),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (children BETWEEN 0 AND 6),
  CHECK (amount >= 0)
);
COMMENT ON TABLE family_payment IS 'Family benefits paid for a month';
COMMENT ON COLUMN family_payment.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN family_payment.period IS
  'The month it is for, as its first day. Unit: month. Category: time.';
COMMENT ON COLUMN family_payment.children IS
  'Children paid for. Unit: children. Category: family.';
COMMENT ON COLUMN family_payment.amount IS 'What was paid. Unit: MAD. Category: family.';
COMMENT ON COLUMN family_payment.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN family_payment.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS daily_allowance (
  immat     text NOT NULL,
  claim_no  text NOT NULL,
  reason    text NOT NULL,
  doctor    text,
  starts_on date NOT NULL,
  ends_on   date NOT NULL,
  days      smallint NOT NULL,
  amount    numeric(13,2) NOT NULL,
  sys_from  timestamptz NOT NULL,
  sys_to    timestamptz,
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (starts_on <= ends_on),
  CHECK (days >= 0),
  CHECK (amount >= 0),
  CHECK (reason IN ('IL', 'IT', 'AT'))
);
COMMENT ON TABLE daily_allowance IS 'Daily allowance for sickness or maternity';
COMMENT ON COLUMN daily_allowance.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN daily_allowance.claim_no IS 'Number of the claim. Unit: text. Category: key.';
COMMENT ON COLUMN daily_allowance.reason IS
  'Why. Unit: IL sickness, IT maternity, AT accident at work. Category: health.';
COMMENT ON COLUMN daily_allowance.doctor IS
  'Who prescribed it. Unit: INPE of 9 digits. Category: health.';
COMMENT ON COLUMN daily_allowance.starts_on IS
  'First day off work. Unit: date. Category: health.';
COMMENT ON COLUMN daily_allowance.ends_on IS 'Last day off work. Unit: date. Category: health.';
COMMENT ON COLUMN daily_allowance.days IS 'Days paid. Unit: days. Category: health.';
COMMENT ON COLUMN daily_allowance.amount IS 'What was paid. Unit: MAD. Category: health.';
COMMENT ON COLUMN daily_allowance.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN daily_allowance.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS job_loss (
  immat    text NOT NULL,
  lost_on  date NOT NULL,
  reason   text,
  month_no smallint NOT NULL,
  amount   numeric(13,2) NOT NULL,
  sys_from timestamptz NOT NULL,
  sys_to   timestamptz,
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (month_no BETWEEN 1 AND 6),
  CHECK (amount >= 0)
);
COMMENT ON TABLE job_loss IS 'Indemnity for loss of employment, month by month';
COMMENT ON COLUMN job_loss.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN job_loss.lost_on IS
  'Day the employment was lost. Unit: date. Category: employment.';
COMMENT ON COLUMN job_loss.reason IS 'Why. Unit: code. Category: employment.';
COMMENT ON COLUMN job_loss.month_no IS
  'Which month of the indemnity. Unit: 1 to 6. Category: social.';
COMMENT ON COLUMN job_loss.amount IS 'What was paid. Unit: MAD. Category: financial.';
COMMENT ON COLUMN job_loss.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN job_loss.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';
