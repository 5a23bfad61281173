/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/interpretation.h"

#include <assert.h>

static const struct {
    const char *name;
    enum form form;
} interpretations[INTERPRETATION_COUNT] = {
    [AS_ID] = {"id", FORM_ID},
    [AS_PHONE] = {"phone", FORM_PHONE},
    [AS_DOT] = {"decimal point", FORM_NUMBER},
    [AS_COMMA] = {"decimal comma", FORM_NUMBER},
    [AS_CENTS] = {"hundredths", FORM_NUMBER},
    [AS_DMY] = {"day-month-year", FORM_DATE},
    [AS_MDY] = {"month-day-year", FORM_DATE},
    [AS_YMD] = {"year-month-day", FORM_DATE},
    [AS_SERIAL] = {"day number", FORM_DATE},
    [AS_YEAR] = {"year", FORM_YEAR},
    [AS_AGE] = {"age", FORM_YEAR},
    [AS_YM] = {"year-month", FORM_MONTH},
    [AS_MY] = {"month-year", FORM_MONTH},
    [AS_TEXT] = {"text", FORM_TEXT},
    [AS_CODE] = {"code", FORM_CODE},
    [AS_NAME] = {"name", FORM_NAME},
    [AS_TOKENS] = {"names in any order", FORM_TOKENS},
    [AS_CUT] = {"cut text", FORM_TEXT},
    [AS_MASKED] = {"masked", FORM_TEXT},
    [AS_CODEBOOK] = {"codebook", FORM_TEXT},
    [AS_PIECE] = {"piece of the value", FORM_TEXT},
};

static const enum form type_forms[TYPE_COUNT] = {
    [TYPE_ID] = FORM_ID,           [TYPE_FAMILY_NAME] = FORM_NAME,
    [TYPE_GIVEN_NAME] = FORM_NAME, [TYPE_FULL_NAME] = FORM_TOKENS,
    [TYPE_DATE] = FORM_DATE,       [TYPE_MONTH] = FORM_MONTH,
    [TYPE_AMOUNT] = FORM_NUMBER,   [TYPE_NUMBER] = FORM_NUMBER,
    [TYPE_PHONE] = FORM_PHONE,     [TYPE_EMAIL] = FORM_TEXT,
    [TYPE_ACCOUNT] = FORM_ID,      [TYPE_ADDRESS] = FORM_TEXT,
    [TYPE_CODE] = FORM_CODE,       [TYPE_TEXT] = FORM_TEXT,
    [TYPE_REF] = FORM_ID,
};

const char *interpretation_name(enum interpretation interpretation)
{
    return interpretations[interpretation].name;
}

enum form interpretation_form(enum interpretation interpretation)
{
    assert(interpretation < AS_PLAIN_COUNT);
    return interpretations[interpretation].form;
}

enum form type_form(enum value_type type)
{
    return type_forms[type];
}

bool interpretation_serves(enum interpretation interpretation, enum value_type type)
{
    if (interpretation >= AS_PLAIN_COUNT)
        return false;
    if (interpretation == AS_CENTS)
        return type == TYPE_AMOUNT;
    return interpretation_form(interpretation) == type_form(type);
}
