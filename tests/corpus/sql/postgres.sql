--
-- PostgreSQL database dump
--

\restrict abcDEF

SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  INSERT INTO journal VALUES (1, 'not a row');
  RETURN NEW;
END;
$body$;

CREATE TABLE public.assures (
    immat character varying(9) NOT NULL,
    "Nom" text DEFAULT 'a,b'::text,
    note text,
    CONSTRAINT positive CHECK ((length(immat) > 0))
);

COPY public.assures (immat, "Nom", note) FROM stdin;
800000001	ALAOUI	\N
800000002	BEN\tNANI	line one\nline two \\ end
800000003	O'HARA

\.

INSERT INTO public.salaires (immat, mois, brut) VALUES ('800000001', '2024-01-01'::date, -1500.00);
INSERT INTO public.salaires (immat, mois, brut) VALUES ('800000002', E'2024\t02', NULL::numeric), ('back\slash', 'it''s', ARRAY['a','b']);
INSERT INTO paie."Primes" VALUES (1, true, 'x' || 'y');
SELECT pg_catalog.setval('public.s', 5, true);
\unrestrict abcDEF
