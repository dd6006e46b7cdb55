package io.harpc.serialization;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import io.harpc.method.InvalidServiceException;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.ServiceDescriptor;

/**
 * A format for arguments, results and exceptions. The server decides which one is spoken;
 * its name is in the registry and in the server's hello. Thread-safe.
 */
public interface Serializer {

	/**
	 * JSON, the default.
	 * @return the serializer
	 */
	static Serializer json() {
		return JacksonSerializer.JSON;
	}

	/**
	 * Smile, a binary form of JSON: smaller and faster, and unreadable in a packet dump.
	 * @return the serializer
	 */
	static Serializer smile() {
		return JacksonSerializer.SMILE;
	}

	/**
	 * Finds a serializer by its name.
	 * @param name {@code json} or {@code smile}
	 * @return the serializer
	 * @throws IllegalArgumentException if there is none of that name
	 */
	static Serializer byName(String name) {
		for (Serializer serializer : List.of(json(), smile())) {
			if (serializer.name().equals(name)) {
				return serializer;
			}
		}
		throw new IllegalArgumentException("serialization: " + name + " (expected: json or smile)");
	}

	/**
	 * The name that stands for this format in properties, in the registry and on the
	 * wire.
	 * @return the name
	 */
	String name();

	/**
	 * This format for who would rather refuse a payload than pass over what is wrong with
	 * it: a property that the type does not have, or one that is there twice. Two
	 * versions of a service then understand each other only if they send the same.
	 * @return the same format, read strictly
	 */
	Serializer strict();

	/**
	 * Prepares for one method, so that nothing has to be looked up during a call.
	 * @param method the method
	 * @return what writes and reads its payloads; to be kept
	 * @throws InvalidServiceException if one of its types cannot travel
	 */
	MethodSerializer forMethod(MethodDescriptor method);

	/**
	 * Prepares for all methods of a service.
	 * @param service the service
	 * @return what writes and reads the payloads of each method
	 * @throws InvalidServiceException if types of it cannot travel; it says all that is
	 * wrong at once
	 */
	default Map<MethodDescriptor, MethodSerializer> forService(ServiceDescriptor service) {
		Map<MethodDescriptor, MethodSerializer> serializers = new IdentityHashMap<>();
		List<String> problems = new ArrayList<>();
		for (MethodDescriptor method : service.methods()) {
			try {
				serializers.put(method, forMethod(method));
			}
			catch (InvalidServiceException ex) {
				problems.addAll(ex.problems());
			}
		}
		if (!problems.isEmpty()) {
			throw new InvalidServiceException(service.type(), problems);
		}
		return serializers;
	}

}
