package io.coordination.etcd;

/**
 * What proves to the server who is calling. Compared by identity: a refused one is dropped once, however many calls it
 * failed.
 */
final class Token {

    private final String text;

    Token(String text) {
        this.text = text;
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    String text() {
        return text;
    }

    @Override
    public String toString() {
        return isEmpty() ? "no token" : "a token";
    }
}
