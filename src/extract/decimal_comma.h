/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_DECIMAL_COMMA_H
#define EXTRACT_DECIMAL_COMMA_H

#include "extract/header.h"
#include "extract/tokenise.h"

/*
 * Numbers with a decimal comma, in text whose cells commas part and whose program did not quote
 * them: "id,salaire,ville" above "1,2500,50,Fes". All rows have one cell more than the header.
 */

/* The one column of `sample`, whose first row is the header, where numbers were parted so. */
bool decimal_comma_find(const struct row_sample *sample, uint32_t *out_column);

/* Join that cell of the tokeniser's record with the next. */
void decimal_comma_join(struct tokeniser *tokeniser, uint32_t column);

#endif
