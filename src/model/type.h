/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_TYPE_H
#define MODEL_TYPE_H

#include "base/slice.h"

/* What kind of value a register field holds (the description's word, DESIGN section 4). */
enum value_type {
    TYPE_ID,
    TYPE_FAMILY_NAME,
    TYPE_GIVEN_NAME,
    TYPE_FULL_NAME,
    TYPE_DATE,
    TYPE_MONTH,
    TYPE_AMOUNT,
    TYPE_NUMBER,
    TYPE_PHONE,
    TYPE_EMAIL,
    TYPE_ACCOUNT,
    TYPE_ADDRESS,
    TYPE_CODE,
    TYPE_TEXT,
    TYPE_REF,
    TYPE_COUNT
};

/* The data category of a field, for counting and severity. */
enum category {
    CATEGORY_IDENTITY,
    CATEGORY_CONTACT,
    CATEGORY_EMPLOYMENT,
    CATEGORY_FINANCIAL,
    CATEGORY_SOCIAL,
    CATEGORY_FAMILY,
    CATEGORY_HEALTH,
    CATEGORY_LOCATION,
    CATEGORY_CREDENTIALS,
    CATEGORY_COUNT
};

const char *type_name(enum value_type type);
bool type_parse(struct slice word, enum value_type *out_type);
const char *category_name(enum category category);
bool category_parse(struct slice word, enum category *out_category);

/* A value of this type names somebody, or helps to: identifiers, names, contacts, accounts. */
bool type_is_identifying(enum value_type type);

/* Family, given or full name. */
bool type_is_name(enum value_type type);

#endif
