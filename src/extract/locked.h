/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_LOCKED_H
#define EXTRACT_LOCKED_H

#include "extract/extract.h"

/* What is said of an exhibit behind a password. Passwords go by the number of their line. */

/* A fact for the next run: once there is a list, or a better one, it is tried again. */
int locked_fact(const struct sink *sink, struct tq_error *err) MUST_CHECK;

/* Not read, and why: no list was given, or none of it opened. With the fact. */
int locked_note(const struct extract_input *input, const struct sink *sink,
                struct tq_error *err) MUST_CHECK;

int unlocked_note(const struct sink *sink, uint32_t line, struct tq_error *err) MUST_CHECK;

/* Passwords are left that were not tried. */
int untried_note(const struct extract_input *input, const struct sink *sink,
                 struct tq_error *err) MUST_CHECK;

/* It is not read whatever the list: nothing here opens such. The fact comes with it. */
int unknown_lock_note(const struct sink *sink, struct tq_error *err) MUST_CHECK;

/* It was opened with the password of no list (OFFICE_OWN_PASSWORD). */
int own_password_note(const struct sink *sink, struct tq_error *err) MUST_CHECK;

#endif
