/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_LITTLE_ENDIAN_H
#define EXTRACT_LITTLE_ENDIAN_H

#include <stdint.h>

/* Numbers of binary formats, wherever they lie. */
static inline uint16_t u16_of(const char *bytes)
{
    return (uint16_t)((unsigned char)bytes[0] | (unsigned)(unsigned char)bytes[1] << 8);
}

static inline uint32_t u32_of(const char *bytes)
{
    return u16_of(bytes) | (uint32_t)u16_of(bytes + 2) << 16;
}

#endif
