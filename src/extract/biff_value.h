/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_BIFF_VALUE_H
#define EXTRACT_BIFF_VALUE_H

#include <stdint.h>

/* Values of cells as all binary workbooks write them. */

/* A number in 30 bits: whole, or the upper half of a double, perhaps of its hundredfold. */
double biff_rk(uint32_t rk);

double biff_double(uint64_t bits);

/* "#N/A" and the like; "" for a number that means none. */
const char *biff_error(uint32_t code);

#endif
