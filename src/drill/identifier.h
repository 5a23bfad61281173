/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_IDENTIFIER_H
#define DRILL_IDENTIFIER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Identifiers with their check digits, from ranges that no real one can have (domain.md 2.1 to 2.4
 * and 2.9). Each writes a NUL-terminated string and returns its end, as stpcpy() does.
 */
#define IMMAT_BODIES      10000000u /* 7 digits after the leading 8 */
#define AFFIL_BODIES      1000000u  /* 6 digits */
#define ICE_BODIES        1000000u  /* 999000000 .. 999999999 */
#define CARD_BODIES       1000000u  /* 6 digits for each prefix */
#define CARD_PREFIXES     14u
#define IDENTIFIER_LENGTH 32u /* room enough for any of them */

/* Insured person: 8, seven digits, key. */
char *identifier_immat(uint32_t body, char *out);
/* Employer: six digits, key. */
char *identifier_affil(uint32_t body, char *out);
/* National card: a prefix that no office issues, six digits. body < CARD_PREFIXES * CARD_BODIES */
char *identifier_card(uint32_t body, char *out);
/* Bank account: bank 999, locality, 16 digits, key. */
char *identifier_account(uint32_t locality, uint64_t account, char *out);
/* Enterprise: nine digits from 999000000 up, establishment, key. */
char *identifier_ice(uint32_t body, uint32_t establishment, char *out);
/* Phone in E.164 under the unassigned country code 999. body < 1,000,000,000 */
char *identifier_phone(uint32_t body, char *out);

/* Key digits of a number given without its key. */
unsigned identifier_person_key(const char *eight_digits);
unsigned identifier_employer_key(const char *six_digits);
unsigned identifier_mod97(const char *digits, int count);

#endif
