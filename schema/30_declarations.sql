-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Declarations of salaries (BDS): what employers declare each month, and the files they send it
-- in.

SET search_path = fund;

CREATE TABLE IF NOT EXISTS filing (
  filing_no    bigint NOT NULL,
  affil        text NOT NULL,
  period       date NOT NULL,
  kind         text NOT NULL,
  due_on       date,
  filed_at     timestamptz NOT NULL,
  accepted_at  timestamptz,
  line_count   integer,
  days_total   bigint,
  salary_total numeric(15,2),
  capped_total numeric(15,2),
  immat_sum    numeric(15,0),
  control_sum  numeric(19,0),
  CHECK (extract(day FROM period) = 1),
  CHECK (kind IN ('M', 'C')),
  CHECK (accepted_at >= filed_at),
  CHECK (line_count >= 0)
);
COMMENT ON TABLE filing IS 'A declaration file of an employer: main or complementary';
COMMENT ON COLUMN filing.filing_no IS 'Number of the file. Unit: number. Category: key.';
COMMENT ON COLUMN filing.affil IS
  'Affiliation number of the employer. Unit: 7 digits. Category: key.';
COMMENT ON COLUMN filing.period IS
  'The month it is for, as its first day. Unit: month. Category: time.';
COMMENT ON COLUMN filing.kind IS
  'Which declaration of the month. Unit: M main, C complementary. Category: employment.';
COMMENT ON COLUMN filing.due_on IS 'Last day for it. Unit: date. Category: employment.';
COMMENT ON COLUMN filing.filed_at IS 'When it came in. Unit: moment. Category: employment.';
COMMENT ON COLUMN filing.accepted_at IS
  'When it was accepted; empty: it was not. Unit: moment. Category: employment.';
COMMENT ON COLUMN filing.line_count IS
  'Persons in it, as its totals say. Unit: persons. Category: employment.';
COMMENT ON COLUMN filing.days_total IS
  'Sum of the days, as its totals say. Unit: days. Category: employment.';
COMMENT ON COLUMN filing.salary_total IS
  'Sum of the real salaries, as its totals say. Unit: MAD. Category: financial.';
COMMENT ON COLUMN filing.capped_total IS
  'Sum of the capped salaries, as its totals say. Unit: MAD. Category: financial.';
COMMENT ON COLUMN filing.immat_sum IS
  'Sum of the registration numbers, as its totals say. Unit: number. Category: employment.';
COMMENT ON COLUMN filing.control_sum IS
  'Sum of the control sums of its lines. Unit: number. Category: employment.';

CREATE TABLE IF NOT EXISTS declaration (
  immat           text NOT NULL,
  period          date NOT NULL,
  affil           text NOT NULL,
  filing_no       bigint,
  days            smallint NOT NULL,
  salary          numeric(13,2) NOT NULL,
  capped_salary   numeric(9,2),
  children        smallint,
  family_due      numeric(8,2),
  family_deducted numeric(8,2),
  family_net      numeric(8,2),
  family_returned numeric(8,2),
  situation       text,
  control_sum     numeric(19,0),
  sys_from        timestamptz NOT NULL,
  sys_to          timestamptz,
  CHECK (extract(day FROM period) = 1),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (days BETWEEN 0 AND 26),
  CHECK (salary >= 0),
  CHECK (capped_salary <= salary),
  CHECK (family_returned <= family_net)
);
COMMENT ON TABLE declaration IS
  'One person in the declaration of one employer for one month; a complementary one replaces it';
COMMENT ON COLUMN declaration.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN declaration.period IS
  'The month it is for, as its first day. Unit: month. Category: time.';
COMMENT ON COLUMN declaration.affil IS
  'Affiliation number of the employer. Unit: 7 digits. Category: key.';
COMMENT ON COLUMN declaration.filing_no IS 'The file it came in. Unit: number. Category: key.';
COMMENT ON COLUMN declaration.days IS 'Days declared. Unit: days, 0 to 26. Category: employment.';
COMMENT ON COLUMN declaration.salary IS
  'Real gross salary of the month. Unit: MAD. Category: financial.';
COMMENT ON COLUMN declaration.capped_salary IS
  'Salary up to the ceiling of contributions. Unit: MAD. Category: financial.';
COMMENT ON COLUMN declaration.children IS
  'Children for whom benefits are due. Unit: children. Category: family.';
COMMENT ON COLUMN declaration.family_due IS 'Family benefits due. Unit: MAD. Category: family.';
COMMENT ON COLUMN declaration.family_deducted IS
  'Family benefits deducted. Unit: MAD. Category: family.';
COMMENT ON COLUMN declaration.family_net IS
  'Family benefits to pay: due less deducted. Unit: MAD. Category: family.';
COMMENT ON COLUMN declaration.family_returned IS
  'Family benefits that the employer returns. Unit: MAD. Category: family.';
COMMENT ON COLUMN declaration.situation IS
  'What became of the person. Unit: e-BDS code of 2 letters, as SO or DE. Category: employment.';
COMMENT ON COLUMN declaration.control_sum IS
  'Control sum of the line, S_Ctr. Unit: number. Category: employment.';
COMMENT ON COLUMN declaration.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN declaration.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';
