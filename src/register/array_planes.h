/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_ARRAY_PLANES_H
#define REGISTER_ARRAY_PLANES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Numbers with bytes of equal weight side by side: byte b of number i is at b * count + i. What the
 * upper bytes have in common is then found by any compressor.
 */
static inline void plane_put(unsigned char *planes, size_t count, size_t i, uint32_t number,
                             unsigned bytes)
{
    for (unsigned b = 0; b < bytes; b++)
        planes[b * count + i] = (unsigned char)(number >> (8 * b));
}

static inline uint32_t plane_get(const unsigned char *planes, size_t count, size_t i,
                                 unsigned bytes)
{
    uint32_t number = 0;

    for (unsigned b = 0; b < bytes; b++)
        number |= (uint32_t)planes[b * count + i] << (8 * b);
    return number;
}

/* The same of numbers of eight bytes. */
static inline void plane_put_8(unsigned char *planes, size_t count, size_t i, uint64_t number)
{
    plane_put(planes, count, i, (uint32_t)number, 4);
    plane_put(planes + 4 * count, count, i, (uint32_t)(number >> 32), 4);
}

static inline uint64_t plane_get_8(const unsigned char *planes, size_t count, size_t i)
{
    return plane_get(planes, count, i, 4)
           | (uint64_t)plane_get(planes + 4 * count, count, i, 4) << 32;
}

#endif
