/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_WITHOUT_VALUES_H
#define REGISTER_WITHOUT_VALUES_H

#include "register/register.h"

/*
 * A register of fingerprints only: it can match but holds no value. Keys are known by their
 * fingerprints, in whose order they are numbered, so that the order of the texts is lost as well; a
 * value is its key, so that spellings are lost. A subject is named by a *pseudonym*: 16 hexadecimal
 * digits of the SipHash of its register key, under the register's fingerprint key. Kinds, fields,
 * references, periods, times and the measured densities stay.
 *
 * Whoever has the file and its key can still try whether a value that he guesses is in it.
 *
 * `reg`, which may be finished to be sealed only, is used up; *out_reg is to be sealed and not to
 * be asked: only what is stored is there. Owned; reg_free().
 */
int reg_without_values(struct reg *reg, unsigned threads, struct reg **out_reg,
                       struct tq_error *err) MUST_CHECK;

#endif
