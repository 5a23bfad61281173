/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_SCHEME_RULE_H
#define NORMALISE_SCHEME_RULE_H

#include <stdbool.h>

#include "base/slice.h"

/* The rules behind the table of scheme.c. All take upper-case letters and digits with leading
 * zeros, but rule_email(), which takes the address as it is. Sources: domain.md section 2. */
bool rule_ma_cnss_person(struct slice id);
bool rule_ma_cnss_person_drill(struct slice id);
bool rule_ma_cnss_employer(struct slice id);
bool rule_ma_cin(struct slice id);
bool rule_ma_rib(struct slice id);
bool rule_ma_ice(struct slice id);
bool rule_ma_passport(struct slice id);
bool rule_tn_cin(struct slice id);
bool rule_tn_rib(struct slice id);
bool rule_tn_tax(struct slice id);
bool rule_dz_rib(struct slice id);
bool rule_dz_rip(struct slice id);
bool rule_dz_nss(struct slice id);
bool rule_dz_nin(struct slice id);
bool rule_mr_nni(struct slice id);
bool rule_mr_rib(struct slice id);
bool rule_ly_nid(struct slice id);
bool rule_eg_nid(struct slice id);
bool rule_fr_nir(struct slice id);
bool rule_fr_rib(struct slice id);
bool rule_es_dni(struct slice id);
bool rule_es_nie(struct slice id);
bool rule_es_nss(struct slice id);
bool rule_luhn(struct slice id);
bool rule_verhoeff(struct slice id);
bool rule_mod97(struct slice id);
bool rule_email(struct slice address);

#endif
