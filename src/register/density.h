/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_DENSITY_H
#define REGISTER_DENSITY_H

#include "register/register.h"

/*
 * rho_f of algorithms.md 1.6: the share of slightly altered values of a field that are again keys
 * of it. 400 values at a fixed stride, two random digits changed each (dates: up to 4,000 days;
 * texts with fewer than two digits: letters), by a fixed seed. A field with a check scheme is
 * altered so that the check holds again. 1 when nothing could be altered: then finding a value
 * proves nothing. Needs no index: the altered forms are looked for among all keys at once.
 */
int density_measure(const struct reg *reg, const struct field *field, double *out_density,
                    struct tq_error *err) MUST_CHECK;

#endif
