package io.harpc.client;

import java.util.Map;

import io.harpc.method.MethodDescriptor;
import io.harpc.serialization.MethodSerializer;

/**
 * A method as one reference calls it: everything that can be known before a call.
 *
 * @param reference the reference
 * @param descriptor the method
 * @param idempotent whether it may run twice
 * @param serializers what writes its arguments and reads its result, by the names that
 * instances say
 */
record ReferenceMethod(Reference reference, MethodDescriptor descriptor, boolean idempotent,
		Map<String, MethodSerializer> serializers) {

}
