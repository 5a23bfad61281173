REM INSERTING into ASSURES
SET DEFINE OFF;
Insert into RH.ASSURES (IMMAT,NOM,DDN) values ('800000001','L''ALAOUI',to_date('01/05/80','DD/MM/RR'));
Insert into RH.ASSURES (IMMAT,NOM,DDN) values ('800000002','A'||CHR(38)||'B',to_timestamp('02/05/80 10:00','DD/MM/RR HH24:MI'));
INSERT ALL
  INTO codes (c, l) VALUES (1, 'un')
  INTO codes (c, l) VALUES (2, 'deux')
SELECT 1 FROM dual;
begin
  null;
end;
/
