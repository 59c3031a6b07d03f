package io.coordination.etcd;

import io.coordination.CoordinatorOptions;
import io.coordination.store.Keys;
import io.coordination.store.RangeQuery;
import io.etcd.jetcd.api.RangeRequest;

/**
 * What it takes to find out whether a member serves.
 *
 * @param tokens for servers that want a login
 * @param read a linearizable read of something that the user may read
 * @param choice whether there are other members: with one alone nothing depends on what it can prove
 */
record ProbeMeans(TokenSource tokens, RangeRequest read, boolean choice) {

    static ProbeMeans of(TokenSource tokens, CoordinatorOptions options) {
        String namespace = Keys.ofNamespace(options.namespace()).namespacePrefix();
        return new ProbeMeans(tokens, WireFormat.range(RangeQuery.key(namespace).withCountOnly()), false);
    }

    ProbeMeans withChoice(boolean among) {
        return new ProbeMeans(tokens, read, among);
    }
}
