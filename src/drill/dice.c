/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Distributions on top of the counter-based stream. */
#include "drill/dice.h"

#include <math.h>

double dice_exponential(struct dice *dice, double mean)
{
    return -mean * log(1 - dice_unit(dice));
}

/* Box and Muller (1958); the second value is thrown away so that the stream stays simple. */
double dice_normal(struct dice *dice)
{
    double radius = sqrt(-2 * log(1 - dice_unit(dice)));

    return radius * cos(6.283185307179586 * dice_unit(dice));
}

/* Marsaglia and Tsang (2000); shapes below 1 by the usual boost. */
double dice_gamma(struct dice *dice, double shape)
{
    double boost = 1;

    if (shape < 1) {
        boost = pow(1 - dice_unit(dice), 1 / shape);
        shape += 1;
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);

    for (;;) {
        double x = dice_normal(dice), v = 1 + c * x;

        if (v <= 0)
            continue;
        v = v * v * v;
        double u = 1 - dice_unit(dice);

        if (log(u) < 0.5 * x * x + d - d * v + d * log(v))
            return boost * d * v;
    }
}

double dice_beta(struct dice *dice, double a, double b)
{
    double x = dice_gamma(dice, a), y = dice_gamma(dice, b);

    return x / (x + y);
}
