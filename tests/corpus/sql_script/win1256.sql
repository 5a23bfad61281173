--
-- PostgreSQL database dump
--

\restrict x

SET client_encoding = 'WIN1256';
CREATE TABLE public.t (
    nom text,
    n integer
);

COPY public.t (nom, n) FROM stdin;
ÇáÚáæí	1
IDRISSI	\N
\.

INSERT INTO public.t VALUES ('it''s', 3);

\unrestrict x
