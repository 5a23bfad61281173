/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the drill's register says about itself. */
#include "drill/register_tables.h"

const char *const person_table_files[PERSON_TABLES] = {
    [TABLE_INSURED] = "assures.csv",           [TABLE_CONTACT] = "coordonnees.csv",
    [TABLE_ACCOUNTS] = "comptes.csv",          [TABLE_JOBS] = "emplois.csv",
    [TABLE_DECLARATIONS] = "declarations.csv", [TABLE_PENSION] = "droits_pension.csv",
    [TABLE_FAMILY] = "allocations.csv",        [TABLE_HEALTH] = "dossiers_maladie.csv",
};

const char *const person_table_headers[PERSON_TABLES] = {
    [TABLE_INSURED] = "immat,cin,nom,prenom,nom_ar,prenom_ar,sexe,date_naissance,lieu_naissance,"
                      "situation,conjoint,valide_du,valide_au,connu_du,connu_au\n",
    [TABLE_CONTACT] = "immat,telephone,courriel,adresse,code_postal,ville,agence,valide_du,"
                      "valide_au,connu_du,connu_au\n",
    [TABLE_ACCOUNTS] = "immat,rib,mode_paiement,valide_du,valide_au,connu_du,connu_au\n",
    [TABLE_JOBS] = "immat,affil,poste,valide_du,valide_au,connu_du,connu_au\n",
    [TABLE_DECLARATIONS] = "immat,periode,affil,jours,salaire,recu_le,remplace_le\n",
    [TABLE_PENSION] = "immat,jours_cumules,salaire_reference,valide_du,valide_au,connu_du,"
                      "connu_au\n",
    [TABLE_FAMILY] = "immat,rang,prenom_enfant,naissance_enfant,connu_du,connu_au\n",
    [TABLE_HEALTH] = "immat,dossier,date_soins,acte,ald,montant,rembourse,connu_du,connu_au\n",
};

const char employer_table_file[] = "employeurs.csv";
const char employer_table_header[] =
    "affil,raison_sociale,ice,rc,activite,date_affiliation,adresse,ville,telephone,statut,"
    "valide_du,valide_au,connu_du,connu_au\n";

#define TIMES                             \
    "    valid: [valide_du, valide_au]\n" \
    "    known: [connu_du, connu_au]\n"

const char register_description[] =
    "# A synthetic register, made by tahqiq drill. Nobody in it exists.\n"
    "register:\n"
    "  name: Caisse modele (exercice)\n"
    "  country: MA\n"
    "  timezone: Africa/Casablanca\n"
    "subjects: [person, employer]\n"
    "tables:\n"
    "  - name: insured\n"
    "    subject: person\n"
    "    key: immat\n"
    "    file: assures.csv\n" TIMES "    columns:\n"
    "      immat: {field: registration_no, type: id, check: ma-cnss-person-drill, "
    "category: identity}\n"
    "      cin: {field: national_id, type: id, category: identity}\n"
    "      nom: {field: family_name, type: family-name, category: identity}\n"
    "      nom_ar: {field: family_name, type: family-name, category: identity}\n"
    "      prenom: {field: given_name, type: given-name, category: identity}\n"
    "      prenom_ar: {field: given_name, type: given-name, category: identity}\n"
    "      sexe: {field: sex, type: code, category: identity}\n"
    "      date_naissance: {field: birth_date, type: date, category: identity}\n"
    "      lieu_naissance: {field: birth_place, type: text, category: identity}\n"
    "      situation: {field: marital_status, type: code, category: family}\n"
    "      conjoint: {field: spouse, type: ref, to: person, category: family}\n"
    "  - name: contact\n"
    "    subject: person\n"
    "    key: immat\n"
    "    file: coordonnees.csv\n" TIMES "    columns:\n"
    "      telephone: {field: phone, type: phone, category: contact}\n"
    "      courriel: {field: email, type: email, category: contact}\n"
    "      adresse: {field: address, type: address, category: contact}\n"
    "      code_postal: {field: postal_code, type: code, category: location}\n"
    "      ville: {field: city, type: text, category: location}\n"
    "      agence: {field: agency, type: code, category: social}\n"
    "  - name: accounts\n"
    "    subject: person\n"
    "    key: immat\n"
    "    file: comptes.csv\n" TIMES "    columns:\n"
    "      rib: {field: account, type: account, check: ma-rib, category: financial}\n"
    "      mode_paiement: {field: payment_mode, type: code, category: financial}\n"
    "  - name: employment\n"
    "    subject: person\n"
    "    key: immat\n"
    "    file: emplois.csv\n" TIMES "    columns:\n"
    "      affil: {field: employer, type: ref, to: employer, category: employment}\n"
    "      poste: {field: job_title, type: text, category: employment}\n"
    "  - name: declarations\n"
    "    subject: person\n"
    "    key: immat\n"
    "    file: declarations.csv\n"
    "    period: periode\n"
    "    known: [recu_le, remplace_le]\n"
    "    columns:\n"
    "      affil: {field: declared_by, type: ref, to: employer, category: employment}\n"
    "      jours: {field: days, type: number, category: employment}\n"
    "      salaire: {field: salary, type: amount, category: financial}\n"
    "  - name: pension_rights\n"
    "    subject: person\n"
    "    key: immat\n"
    "    file: droits_pension.csv\n" TIMES "    columns:\n"
    "      jours_cumules: {field: insured_days, type: number, category: social}\n"
    "      salaire_reference: {field: reference_salary, type: amount, category: financial}\n"
    "  - name: family_benefits\n"
    "    subject: person\n"
    "    key: immat\n"
    "    file: allocations.csv\n"
    "    known: [connu_du, connu_au]\n"
    "    columns:\n"
    "      rang: {field: child_rank, type: number, category: family}\n"
    "      prenom_enfant: {field: child_name, type: text, category: family}\n"
    "      naissance_enfant: {field: child_birth, type: date, category: family}\n"
    "  - name: health_claims\n"
    "    subject: person\n"
    "    key: immat\n"
    "    file: dossiers_maladie.csv\n"
    "    known: [connu_du, connu_au]\n"
    "    columns:\n"
    "      dossier: {field: claim_no, type: id, category: health}\n"
    "      date_soins: {field: care_date, type: date, category: health}\n"
    "      acte: {field: act_code, type: code, category: health}\n"
    "      ald: {field: long_illness, type: code, category: health}\n"
    "      montant: {field: claim_amount, type: amount, category: health}\n"
    "      rembourse: {field: refund, type: amount, category: health}\n"
    "  - name: employers\n"
    "    subject: employer\n"
    "    key: affil\n"
    "    file: employeurs.csv\n" TIMES "    columns:\n"
    "      affil: {field: employer_no, type: id, check: ma-cnss-employer, category: identity}\n"
    "      raison_sociale: {field: employer_name, type: text, category: identity}\n"
    "      ice: {field: tax_id, type: id, check: ma-ice, category: identity}\n"
    "      rc: {field: trade_no, type: number, category: identity}\n"
    "      activite: {field: activity, type: text, category: employment}\n"
    "      date_affiliation: {field: affiliation_date, type: date, category: employment}\n"
    "      adresse: {field: employer_address, type: address, category: contact}\n"
    "      ville: {field: employer_city, type: text, category: location}\n"
    "      telephone: {field: employer_phone, type: phone, category: contact}\n"
    "      statut: {field: employer_status, type: code, category: employment}\n";
