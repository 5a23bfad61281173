/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READER_SERVE_H
#define READER_SERVE_H

#include "extract/recogniser.h"

/*
 * The whole of a sandboxed program that reads hostile bytes. Started by tahqiq, never by hand: it
 * locks itself in, then takes exhibits from the wire on descriptor 3 and answers with what it read,
 * until the parent closes the wire. Descriptor 4 is a pipe whose other end the parent holds.
 *
 * `prepare` makes what reads pictures, before the jail; NULL: nothing does.
 */
typedef int reader_prepare(const struct recogniser **out_recogniser, struct tq_error *err);
int reader_main(int argc, char **argv, reader_prepare *prepare);

#endif
