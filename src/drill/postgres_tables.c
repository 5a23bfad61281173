/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The drill's tables and those of the reference schema. */
#include "drill/postgres_tables.h"

#include <assert.h>
#include <string.h>

#include "drill/register_tables.h"

#define TIMES       "valid_from, valid_to, sys_from, sys_to"
#define ITS_TIMES   "valid_from AS valide_du, valid_to AS valide_au, " KNOWN_TIMES
#define KNOWN_TIMES "sys_from AS connu_du, sys_to AS connu_au"

const struct postgres_table postgres_tables[] = {
    {"employeurs.csv", "fund.employer_state",
     "affil, name, ice, trade_no, activity, affiliation_date, address, city, phone, status, " TIMES,
     false,
     "SELECT affil, name AS raison_sociale, ice, trade_no AS rc, activity AS activite, "
     "affiliation_date AS date_affiliation, address AS adresse, city AS ville, "
     "phone AS telephone, status AS statut, " ITS_TIMES " FROM fund.employer_state"},
    {"assures.csv", "fund.identity",
     "immat, national_id, family_name, given_name, family_name_ar, given_name_ar, sex, birth_date, "
     "birth_place, marital_status, spouse_immat, " TIMES,
     false,
     "SELECT immat, national_id AS cin, family_name AS nom, given_name AS prenom, "
     "family_name_ar AS nom_ar, given_name_ar AS prenom_ar, sex AS sexe, "
     "birth_date AS date_naissance, birth_place AS lieu_naissance, "
     "marital_status AS situation, spouse_immat AS conjoint, " ITS_TIMES " FROM fund.identity"},
    {"coordonnees.csv", "fund.contact",
     "immat, phone, email, address, postal_code, city, agency, " TIMES, false,
     "SELECT immat, phone AS telephone, email AS courriel, address AS adresse, "
     "postal_code AS code_postal, city AS ville, agency AS agence, " ITS_TIMES
     " FROM fund.contact"},
    {"comptes.csv", "fund.account", "immat, rib, payment_mode, " TIMES, false,
     "SELECT immat, rib, payment_mode AS mode_paiement, " ITS_TIMES " FROM fund.account"},
    {"emplois.csv", "fund.employment", "immat, affil, job_title, " TIMES, false,
     "SELECT immat, affil, job_title AS poste, " ITS_TIMES " FROM fund.employment"},
    {"declarations.csv", "fund.declaration", "immat, period, affil, days, salary, sys_from, sys_to",
     true,
     "SELECT immat, period AS periode, affil, days AS jours, salary AS salaire, "
     "sys_from AS recu_le, sys_to AS remplace_le FROM fund.declaration"},
    {"droits_pension.csv", "fund.pension_right", "immat, insured_days, reference_salary, " TIMES,
     false,
     "SELECT immat, insured_days AS jours_cumules, reference_salary AS "
     "salaire_reference, " ITS_TIMES " FROM fund.pension_right"},
    {"allocations.csv", "fund.child", "immat, rank, given_name, birth_date, sys_from, sys_to",
     false,
     "SELECT immat, rank AS rang, given_name AS prenom_enfant, "
     "birth_date AS naissance_enfant, " KNOWN_TIMES " FROM fund.child"},
    {"dossiers_maladie.csv", "fund.health_claim",
     "immat, claim_no, care_date, act_code, long_illness, amount, refund, sys_from, sys_to", false,
     "SELECT immat, claim_no AS dossier, care_date AS date_soins, act_code AS acte, "
     "long_illness AS ald, amount AS montant, refund AS rembourse, " KNOWN_TIMES
     " FROM fund.health_claim"},
};
const size_t postgres_table_count = sizeof(postgres_tables) / sizeof(postgres_tables[0]);

const struct postgres_numbers postgres_numbers[] = {
    {"employeurs.csv", "fund.employer",
     "INSERT INTO fund.employer (affil, registered_at) "
     "SELECT affil, min(sys_from) FROM fund.employer_state GROUP BY affil"},
    {"assures.csv", "fund.person",
     "INSERT INTO fund.person (immat, registered_at) "
     "SELECT immat, min(sys_from) FROM fund.identity GROUP BY immat"},
};
const size_t postgres_numbers_count = sizeof(postgres_numbers) / sizeof(postgres_numbers[0]);

static const struct postgres_table *find_table(struct slice file)
{
    for (size_t i = 0; i < postgres_table_count; i++) {
        if (slice_is(file, postgres_tables[i].file))
            return &postgres_tables[i];
    }
    return NULL;
}

void postgres_description(struct buf *out)
{
    static const char key[] = "    file: ";
    const char *at = register_description;

    for (const char *file = strstr(at, key); file; file = strstr(at, key)) {
        const char *name = file + strlen(key);
        const char *end = strchr(name, '\n');
        const struct postgres_table *table = find_table(slice_make(name, (size_t)(end - name)));

        assert(table);
        buf_add(out, at, (size_t)(file - at));
        buf_format(out, "    sql: %s", table->query);
        at = end;
    }
    buf_add_text(out, at);
}
