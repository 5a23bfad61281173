/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_SPLITS_H
#define READING_SPLITS_H

#include "reading/sample.h"

/*
 * Columns of initials with a name, "J. Smith" or "SMITH, J.", of values behind a label, "born
 * 12/03/1980", and of names with a remark in brackets: as a whole they are no value of any
 * register, yet they may be all that names anybody. List their pieces, which become columns of the
 * sample, behind those of the table, before anything is read.
 */
int splits_find(const struct sample *sample, struct derived_list *list,
                struct tq_error *err) MUST_CHECK;

#endif
