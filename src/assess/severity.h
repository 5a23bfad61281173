/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef ASSESS_SEVERITY_H
#define ASSESS_SEVERITY_H

#include <stdint.h>

#include "model/type.h"

/* What of a subject is exposed, as far as severity needs it finer than by category. */
enum trait {
    TRAIT_NAME = 1 << 0,
    TRAIT_NUMBER = 1 << 1, /* an identifier */
    TRAIT_BIRTH_DATE = 1 << 2,
    TRAIT_CONTACT = 1 << 3, /* phone, e-mail, address */
    TRAIT_ACCOUNT = 1 << 4,
    TRAIT_AMOUNT = 1 << 5,
};

/* Traits that a value of this type and category shows (enum trait, or-ed). */
uint8_t severity_traits(enum value_type type, enum category category);

/*
 * ENISA 2013 (domain.md 5.1): SE = DPC * EI + CB, between 0 (nothing exposed, nothing claimed
 * falsely) and 5. `exposed` and `falsified` have a bit per enum category: categories truly
 * exposed, and those in which something false was published under the subject's name.
 */
double severity_of(uint16_t exposed, uint16_t falsified, uint8_t traits);

#endif
