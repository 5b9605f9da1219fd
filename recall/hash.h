/*
 * The two hashes of recall.c: SipHash-2-4 with 128 bits for digests, after the
 * reference code of Aumasson and Bernstein, and the CRC-32 of the journal.
 */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { DIGEST_SIZE = 16 };

typedef struct { uint64_t a, b; } digest;

static uint32_t le32(const uint8_t *p) {
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t le64(const uint8_t *p) { return le32(p) | (uint64_t)le32(p + 4) << 32; }

static void put64(uint8_t *p, uint64_t n) {
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(n >> 8 * i);
}

#define ROTL(x, n) ((x) << (n) | (x) >> (64 - (n)))

static inline void sip_rounds(uint64_t v[4], int n) {
	while (n-- > 0) {
		v[0] += v[1], v[1] = ROTL(v[1], 13) ^ v[0], v[0] = ROTL(v[0], 32);
		v[2] += v[3], v[3] = ROTL(v[3], 16) ^ v[2];
		v[0] += v[3], v[3] = ROTL(v[3], 21) ^ v[0];
		v[2] += v[1], v[1] = ROTL(v[1], 17) ^ v[2], v[2] = ROTL(v[2], 32);
	}
}

static inline void sip_word(uint64_t v[4], uint64_t w) {
	v[3] ^= w;
	sip_rounds(v, 2);
	v[0] ^= w;
}

static digest siphash(const uint8_t *key, const void *data, size_t n) {
	uint64_t k0 = le64(key), k1 = le64(key + 8), last = (uint64_t)n << 56;
	uint64_t v[4] = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d ^ 0xee,
	                 k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573};
	const uint8_t *p = data, *end = p + (n & ~(size_t)7);
	digest d;

	for (; p < end; p += 8)
		sip_word(v, le64(p));
	for (size_t i = 0; i < (n & 7); i++)
		last |= (uint64_t)p[i] << 8 * i;
	sip_word(v, last);
	v[2] ^= 0xee;
	sip_rounds(v, 4);
	d.a = v[0] ^ v[1] ^ v[2] ^ v[3];
	v[1] ^= 0xdd;
	sip_rounds(v, 4);
	d.b = v[0] ^ v[1] ^ v[2] ^ v[3];
	return d;
}

static int is_digest(digest d, const uint8_t *p) { return d.a == le64(p) && d.b == le64(p + 8); }

/* Adds a string to a chain of digests, as chain in digest.go does. */
static digest chain(const uint8_t *key, digest so_far, const char *s) {
	uint8_t block[2 * DIGEST_SIZE];
	digest d = siphash(key, s, strlen(s));
	put64(block, so_far.a), put64(block + 8, so_far.b);
	put64(block + 16, d.a), put64(block + 24, d.b);
	return siphash(key, block, sizeof block);
}

/* CRC-32 of IEEE 802.3. */
static uint32_t crc32(const uint8_t *p, size_t n) {
	uint32_t crc = ~(uint32_t)0;
	while (n-- > 0) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}
