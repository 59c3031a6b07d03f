package io.coordination.registry.internal;

import java.security.SecureRandom;

/** Random text that nobody else makes: lower-case letters and digits without those that look alike. */
final class RandomText {

    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final SecureRandom RANDOM = new SecureRandom();

    private RandomText() {}

    /** Text of a length; every character has five bits of randomness. */
    static String of(int characters) {
        StringBuilder text = new StringBuilder(characters);
        for (int i = 0; i < characters; i++) {
            text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
