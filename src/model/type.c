/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/type.h"

static const char *const type_names[TYPE_COUNT] = {
    [TYPE_ID] = "id",
    [TYPE_FAMILY_NAME] = "family-name",
    [TYPE_GIVEN_NAME] = "given-name",
    [TYPE_FULL_NAME] = "full-name",
    [TYPE_DATE] = "date",
    [TYPE_MONTH] = "month",
    [TYPE_AMOUNT] = "amount",
    [TYPE_NUMBER] = "number",
    [TYPE_PHONE] = "phone",
    [TYPE_EMAIL] = "email",
    [TYPE_ACCOUNT] = "account",
    [TYPE_ADDRESS] = "address",
    [TYPE_CODE] = "code",
    [TYPE_TEXT] = "text",
    [TYPE_REF] = "ref",
};

static const char *const category_names[CATEGORY_COUNT] = {
    [CATEGORY_IDENTITY] = "identity",       [CATEGORY_CONTACT] = "contact",
    [CATEGORY_EMPLOYMENT] = "employment",   [CATEGORY_FINANCIAL] = "financial",
    [CATEGORY_SOCIAL] = "social",           [CATEGORY_FAMILY] = "family",
    [CATEGORY_HEALTH] = "health",           [CATEGORY_LOCATION] = "location",
    [CATEGORY_CREDENTIALS] = "credentials",
};

const char *type_name(enum value_type type)
{
    return type_names[type];
}

bool type_parse(struct slice word, enum value_type *out_type)
{
    for (unsigned i = 0; i < TYPE_COUNT; i++) {
        if (slice_is(word, type_names[i])) {
            *out_type = (enum value_type)i;
            return true;
        }
    }
    return false;
}

const char *category_name(enum category category)
{
    return category_names[category];
}

bool category_parse(struct slice word, enum category *out_category)
{
    for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
        if (slice_is(word, category_names[i])) {
            *out_category = (enum category)i;
            return true;
        }
    }
    return false;
}

bool type_is_name(enum value_type type)
{
    return type == TYPE_FAMILY_NAME || type == TYPE_GIVEN_NAME || type == TYPE_FULL_NAME;
}

bool type_is_identifying(enum value_type type)
{
    return type_is_name(type) || type == TYPE_ID || type == TYPE_PHONE || type == TYPE_EMAIL
           || type == TYPE_ACCOUNT || type == TYPE_DATE || type == TYPE_ADDRESS;
}
