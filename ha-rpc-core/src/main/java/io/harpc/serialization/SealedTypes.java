package io.harpc.serialization;

import java.util.Arrays;
import java.util.List;

import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import org.jspecify.annotations.Nullable;

/**
 * Takes the permitted classes of a sealed type for its subtypes, unless
 * {@code @JsonSubTypes} names them.
 */
final class SealedTypes extends JacksonAnnotationIntrospector {

	private static final long serialVersionUID = 1L;

	@Override
	public @Nullable List<NamedType> findSubtypes(Annotated annotated) {
		List<NamedType> named = super.findSubtypes(annotated);
		if (named == null && annotated instanceof AnnotatedClass && annotated.getRawType().isSealed()) {
			return Arrays.stream(annotated.getRawType().getPermittedSubclasses()).map(NamedType::new).toList();
		}
		return named;
	}

}
