/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/scheme.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "normalise/iban.h"
#include "normalise/scheme_rule.h"
#include "normalise/text.h"

#define SCHEME_BYTES_MAX 64u
#define LOST_ZEROS_MAX   3u /* domain.md 2.8: leading zeros that spreadsheets drop */

static const struct scheme schemes[] = {
    {"ma-cnss-person", "Morocco, CNSS number of a person",
     "specification of the CNSS file exchange, 2006", 'H', rule_ma_cnss_person},
    {"ma-cnss-person-drill", "Synthetic CNSS number of a person, first digit 8",
     "the rule of ma-cnss-person in a range that is never issued", 'H', rule_ma_cnss_person_drill},
    {"ma-cnss-employer", "Morocco, CNSS number of an employer",
     "specification of the CNSS file exchange, 2006", 'H', rule_ma_cnss_employer},
    {"ma-cin", "Morocco, national identity card", "public lists of prefixes", 'M', rule_ma_cin},
    {"ma-passport", "Morocco, passport", "common knowledge", 'M', rule_ma_passport},
    {"ma-rib", "Morocco, bank account (RIB)", "published samples, mod 97", 'H', rule_ma_rib},
    {"ma-ice", "Morocco, company number (ICE)", "python-stdnum, mod 97", 'H', rule_ma_ice},
    {"tn-cin", "Tunisia, national identity card", "common knowledge", 'H', rule_tn_cin},
    {"tn-rib", "Tunisia, bank account (RIB)", "published samples, mod 97", 'H', rule_tn_rib},
    {"tn-mf", "Tunisia, tax number (matricule fiscal)", "python-stdnum", 'H', rule_tn_tax},
    {"dz-rib", "Algeria, bank account (RIB)", "published samples, mod 97 without the bank", 'H',
     rule_dz_rib},
    {"dz-rip", "Algeria, postal account (RIP)", "published samples, as dz-rib", 'H', rule_dz_rip},
    {"dz-nss", "Algeria, social security number (CNAS)", "one public program", 'M', rule_dz_nss},
    {"dz-nin", "Algeria, national identity number", "format only", 'L', rule_dz_nin},
    {"mr-nni", "Mauritania, national identity number", "public programs, mod 97", 'H', rule_mr_nni},
    {"mr-rib", "Mauritania, bank account (RIB)", "published samples, mod 97", 'H', rule_mr_rib},
    {"ly-nid", "Libya, national number", "format only", 'M', rule_ly_nid},
    {"eg-nid", "Egypt, national number", "public programs; not published", 'M', rule_eg_nid},
    {"fr-nir", "France, social security number (NIR)", "python-stdnum, mod 97", 'H', rule_fr_nir},
    {"fr-rib", "France, bank account (RIB)", "published rule, mod 97", 'H', rule_fr_rib},
    {"es-dni", "Spain, identity card (DNI)", "python-stdnum, mod 23", 'H', rule_es_dni},
    {"es-nie", "Spain, number of a foreigner (NIE)", "python-stdnum, mod 23", 'H', rule_es_nie},
    {"es-nss", "Spain, social security number", "stdnum-js, mod 97", 'M', rule_es_nss},
    {"iban", "International bank account number", "ISO 13616; SWIFT registry", 'H', iban_is_valid},
    {"luhn", "Check digit of Luhn", "ISO/IEC 7812-1", 'H', rule_luhn},
    {"verhoeff", "Check digit of Verhoeff", "J. Verhoeff, 1969", 'H', rule_verhoeff},
    {"mod97", "Check digits of ISO 7064 mod 97-10", "ISO 7064", 'H', rule_mod97},
    {"email", "E-mail address", "RFC 5321", 'H', rule_email},
};

#define SCHEME_COUNT (sizeof(schemes) / sizeof(*schemes))

const struct scheme *scheme_find(struct slice name)
{
    for (size_t i = 0; i < SCHEME_COUNT; i++) {
        if (slice_is(name, schemes[i].name))
            return &schemes[i];
    }
    return NULL;
}

size_t scheme_count(void)
{
    return SCHEME_COUNT;
}

const struct scheme *scheme_at(size_t number)
{
    return number < SCHEME_COUNT ? &schemes[number] : NULL;
}

/* As it is, or with one to three zeros before it; `room` has space for them in front of `id`. */
static bool accepts_lost_zeros(const struct scheme *scheme, const char *room, struct slice id)
{
    for (size_t i = 0; i < id.length; i++) {
        if (id.data[i] < '0' || id.data[i] > '9')
            return false;
    }
    for (size_t zeros = 1; zeros <= LOST_ZEROS_MAX; zeros++) {
        if (scheme->is_valid(slice_make(room + LOST_ZEROS_MAX - zeros, id.length + zeros)))
            return true;
    }
    return false;
}

bool scheme_accepts(const struct scheme *scheme, struct slice value)
{
    CLEANUP(buf_clear_cleanup) struct buf folded = {0};
    struct slice id;

    value = slice_trim(value);
    if (value.length == 0 || value.length > 4 * SCHEME_BYTES_MAX)
        return false;
    if (scheme->is_valid == rule_email)
        return rule_email(value);

    buf_add_text(&folded, "000"); /* LOST_ZEROS_MAX of them */
    text_fold_joined(value, &folded);
    if (folded.failed || folded.length <= LOST_ZEROS_MAX || folded.length > SCHEME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < folded.length; i++) {
        if (folded.data[i] >= 'a' && folded.data[i] <= 'z')
            folded.data[i] = (char)(folded.data[i] - 'a' + 'A');
    }
    id = slice_skip(buf_slice(&folded), LOST_ZEROS_MAX);
    return scheme->is_valid(id) || accepts_lost_zeros(scheme, folded.data, id);
}
