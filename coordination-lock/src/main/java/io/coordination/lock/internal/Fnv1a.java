package io.coordination.lock.internal;

import java.nio.charset.StandardCharsets;

/** The 64-bit FNV-1a hash: short, and the same in every language. */
final class Fnv1a {

    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Fnv1a() {}

    /** The hash of a text in UTF-8, to be taken as an unsigned number. */
    static long hash(String text) {
        long hash = OFFSET_BASIS;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * PRIME;
        }
        return hash;
    }
}
