/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INSTITUTION_VALUE_H
#define INSTITUTION_VALUE_H

#include "institution/profile.h"

/* How values are made; see value_maker. Dates are YYYY-MM-DD, amounts have a decimal point. */
value_maker value_key;    /* the number that names the member in the register */
value_maker value_family; /* the first family name, after a marriage another */
value_maker value_second_family;
value_maker value_given; /* all given names */
value_maker value_sex;   /* a word of the trait's two: man, woman */
value_maker value_birth;
value_maker value_joined;       /* a date */
value_maker value_spanish_id;   /* eight digits from 99 on, never issued, with the right letter */
value_maker value_phone;        /* country code 999, which nobody has */
value_maker value_email;        /* of names and a number, in a domain that cannot exist */
value_maker value_spanish_bank; /* an IBAN of bank 9999, which does not exist, with right keys */
value_maker value_street;       /* with the house number */
value_maker value_postal;
value_maker value_town;
value_maker value_choice; /* a word of the trait's; the first are commoner */
value_maker value_amount; /* from low to high in steps, in hundredths */

#endif
