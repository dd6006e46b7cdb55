package io.harpc.serialization;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Carries one type in every place: plain, nested, as argument and as result. An interface
 * that extends it with the type filled in is a service.
 *
 * @param <T> the type
 */
interface Carrier<T> {

	T plain(T value);

	CompletableFuture<T> future(T one, T other);

	List<T> list(List<T> values);

	Collection<? extends T> bounded(Collection<? extends T> values);

	T[] array(T[] values);

	Map<String, List<T>> map(Map<String, List<T>> values);

	Optional<T> optional(Optional<T> value);

	Box<T> box(Box<T> value);

	record Box<T>(T content, List<T> more, Map<Long, T> byNumber) {
	}

}
