/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_XML_H
#define EXTRACT_XML_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

/*
 * XML as events, by expat. Names come without their prefix: the two families of OOXML namespaces
 * (transitional and strict), and files with odd prefixes, then read alike. Nothing outside of the
 * text is ever fetched; expat bounds what entities expand to. After the first fault the rest is
 * left out: `fault` says what and where.
 */
struct xml_visitor {
    void *state;
    /* Each may be NULL: what it would be told is passed over. */
    /* `attributes`: names and values by turns, NULL at the end; see xml_attribute(). */
    int (*begin)(void *state, const char *name, const char **attributes, struct tq_error *err);
    int (*end)(void *state, const char *name, struct tq_error *err);
    int (*text)(void *state, struct slice text, struct tq_error *err);
};

struct xml {
    const struct xml_visitor *visitor;
    void *parser; /* XML_Parser */
    struct tq_error *err;
    int failed; /* what a call of the visitor came back with */
    uint32_t depth;
    const char *fault;             /* NULL: well-formed so far */
    uint64_t fault_line, fault_at; /* its line, from 1, and byte */
};

#define XML_DEPTH_MAX 4096u /* elements inside each other; deeper is an attack */

/* `encoding`: NULL, or a name that outweighs what the text says. Clear also after a failure. */
int xml_open(struct xml *xml, const struct xml_visitor *visitor, const char *encoding,
             struct tq_error *err) MUST_CHECK;
void xml_clear(struct xml *xml);

/* The next bytes; `final`: there are no more. Fails only with what a visitor's call or memory did.
 */
int xml_feed(struct xml *xml, struct slice bytes, bool final, struct tq_error *err) MUST_CHECK;

/* Line of the event that is being told, from 1. */
uint64_t xml_line(const struct xml *xml);

/* The value of an attribute by its name without prefix; NULL if it is not there. */
const char *xml_attribute(const char **attributes, const char *name);

/* As a number; `otherwise` if it is none, or not there. */
uint64_t xml_number(const char **attributes, const char *name, uint64_t otherwise);

/* Whether it is there and true. */
bool xml_flag(const char **attributes, const char *name);

#endif
