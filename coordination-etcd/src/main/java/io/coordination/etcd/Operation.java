package io.coordination.etcd;

import io.coordination.Instrumentation;
import io.grpc.MethodDescriptor;

/**
 * One kind of call to the server.
 *
 * @param method the RPC
 * @param verb what it does, for messages
 * @param heard hears of each call
 * @param <Q> the request
 * @param <R> the answer
 */
record Operation<Q, R>(MethodDescriptor<Q, R> method, String verb, Instrumentation.Calls heard) {}
