/* list.h - a circle of links that lie inside what they link; the head is a link too.       Layer: base. */
#ifndef SN_BASE_LIST_H
#define SN_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct sn_link {
    struct sn_link *next, *prev; /* NULL: not in a list */
} sn_link;

#define SN_LIST_INIT(head) \
    {                      \
        &(head), &(head)   \
    }
#define sn_container_of(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

static inline bool sn_list_is_empty(const sn_link *head)
{
    return head->next == head;
}

static inline void sn_list_append(sn_link *head, sn_link *link)
{
    link->next = head;
    link->prev = head->prev;
    head->prev->next = link;
    head->prev = link;
}

static inline void sn_list_remove(sn_link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    link->next = link->prev = NULL;
}

static inline sn_link *sn_list_take_first(sn_link *head)
{
    sn_link *first = head->next;
    if (first == head)
        return NULL;
    sn_list_remove(first);
    return first;
}

#endif
