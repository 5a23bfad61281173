/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef LAYOUT_CLUSTER_H
#define LAYOUT_CLUSTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "layout/document.h"

#define CLUSTER_NONE          UINT32_MAX
#define CLUSTER_DOCUMENTS_MIN 4u /* fewer documents do not tell labels from values */

/*
 * Put documents made from one template into one cluster: out_cluster[document] is its number, from
 * 0 by falling number of documents (ties: the first document), or CLUSTER_NONE. Source:
 * algorithms.md 2.1, step 4, repeated on what is left, so that a rare template is found among many
 * documents of others.
 */
int cluster_documents(const struct features *documents, uint32_t count, uint32_t *out_cluster,
                      uint32_t *out_cluster_count, struct tq_error *err) MUST_CHECK;

#endif
