/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/ground_text.h"

static const char *const texts[GROUND_COUNT] = {
    [GROUND_NONE] = "",
    [GROUND_ONE_EDIT] = "one character from what the register holds",
    [GROUND_OTHER_SPELLING] = "another spelling of what the register holds",
    [GROUND_OTHER_FORMAT] = "another way to write what the register holds",
    [GROUND_MASKED] = "marks hide a part, and the rest is what the register holds",
    [GROUND_PREFIX] = "the beginning of what the register holds",
    [GROUND_MISSING_NAME] = "one of several names is left out",
    [GROUND_INITIALS] = "an initial of what the register holds",
    [GROUND_EXCHANGED] = "family and given name stand in each other's place",
    [GROUND_SPREADSHEET] = "damaged by a spreadsheet",
    [GROUND_UNDECODABLE] = "characters that cannot be decoded",
    [GROUND_MISREAD] = "read by OCR: may be what the register holds, misread",
    [GROUND_AGE_BESIDE] = "a year from the age that the register's date gives",
    [GROUND_OTHER_AGE] = "not the age that the register's date gives",
    [GROUND_COARSER] = "less precise than what the register holds",
    [GROUND_NO_SUCH_PERIOD] = "the register has nothing for that period",
    [GROUND_RARE_VALUE] = "a value that another subject holds",
    [GROUND_ROW_LAG] = "a block of rows shows the values of other rows",
    [GROUND_PREVIOUS] = "the column holds previous values",
    [GROUND_NOT_YET] = "empty: the register did not know this value yet at the record's time",
};

const char *ground_text(enum ground ground)
{
    return ground < GROUND_COUNT ? texts[ground] : "";
}
