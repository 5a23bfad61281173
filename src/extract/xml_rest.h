/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_XML_REST_H
#define EXTRACT_XML_REST_H

#include "extract/extract.h"
#include "extract/text_pages.h"

/* What stands behind damage, from byte `at` on: it cannot be told apart, but its words are text. */
int xml_rest_read(const struct extract_input *input, uint64_t at, struct text_pages *pages,
                  struct tq_error *err) MUST_CHECK;

#endif
