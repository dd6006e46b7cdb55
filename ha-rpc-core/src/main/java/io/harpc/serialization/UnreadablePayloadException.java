package io.harpc.serialization;

import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;

/**
 * A payload does not fit the declared types. Says where and why, in words that hold
 * nothing of what was sent: they go to the other side, into logs, traces and Actuator.
 * Jackson's own messages, and those of constructors and setters, quote values, so its
 * exception is not even kept as the cause.
 */
final class UnreadablePayloadException extends IOException {

	private static final long serialVersionUID = 1L;

	private static final int MAX_STEPS = 20;

	/** A name that somebody gave a property, rather than a value in the wrong place. */
	private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}");

	UnreadablePayloadException(String message) {
		super(message);
	}

	/**
	 * Says why something cannot be read.
	 * @param what what, with the method it is for
	 * @param ex what reading it ended in
	 * @return the exception to throw
	 */
	static UnreadablePayloadException of(String what, Exception ex) {
		if (ex instanceof UnreadablePayloadException said) {
			return said;
		}
		String place = (ex instanceof JsonMappingException mapping) ? place(mapping) : "";
		return new UnreadablePayloadException(what + " cannot be read: " + place + reason(ex));
	}

	private static String reason(Exception ex) {
		if (ex instanceof StreamConstraintsException constraint) {
			// Made of lengths and limits alone.
			return constraint.getOriginalMessage();
		}
		if (ex instanceof UnrecognizedPropertyException unknown) {
			return name(unknown.getPropertyName()) + " is no property of " + unknown.getReferringClass().getName();
		}
		if (ex instanceof ValueInstantiationException refused) {
			return refused.getType().toCanonical() + " refused what was sent" + thrown(refused);
		}
		if (ex instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
			return "not a value of " + mismatch.getTargetType().getTypeName();
		}
		if (ex instanceof StreamReadException syntax) {
			return syntax.getOriginalMessage().startsWith("Duplicate ") ? "a name is there twice" : "not well formed";
		}
		return (ex instanceof JsonMappingException) ? "not well formed, or refused" + thrown(ex)
				: ex.getClass().getName();
	}

	private static String thrown(Exception ex) {
		return (ex.getCause() != null) ? ", by " + ex.getCause().getClass().getName() : "";
	}

	/** Properties by their names, elements by their numbers, values of a map by none. */
	private static String place(JsonMappingException ex) {
		StringBuilder place = new StringBuilder();
		for (JsonMappingException.Reference step : ex.getPath().subList(0, Math.min(MAX_STEPS, ex.getPath().size()))) {
			if (step.getFieldName() == null) {
				place.append('[').append(step.getIndex()).append(']');
			}
			else {
				place.append(place.isEmpty() ? "" : ".")
					.append(isMap(step.getFrom()) ? "<key>" : name(step.getFieldName()));
			}
		}
		return place.isEmpty() ? "" : place.append(": ").toString();
	}

	private static boolean isMap(Object from) {
		return from instanceof Map<?, ?> || from instanceof Class<?> type && Map.class.isAssignableFrom(type);
	}

	private static String name(String name) {
		return NAME.matcher(name).matches() ? name : "<name>";
	}

}
