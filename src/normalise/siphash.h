/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_SIPHASH_H
#define NORMALISE_SIPHASH_H

#include <stdint.h>

#include "base/slice.h"

/* SipHash-2-4 of `first` followed by `rest`, without copying them together; equal to siphash() of
 * base/hash.h by test. Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012. */
uint64_t siphash_prefixed(const uint8_t key[16], uint8_t first, struct slice rest);

#endif
