package io.harpc.serialization;

import java.io.IOException;
import java.math.BigDecimal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers.BigDecimalDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;

/**
 * Refuses a decimal like {@code 1e1000000000}, which is small until somebody adds one to
 * it: its digits written out may be no more than those of a number may be.
 */
final class BoundedDecimals extends StdScalarDeserializer<BigDecimal> {

	private static final long serialVersionUID = 1L;

	BoundedDecimals() {
		super(BigDecimal.class);
	}

	@Override
	public BigDecimal deserialize(JsonParser parser, DeserializationContext context) throws IOException {
		BigDecimal value = BigDecimalDeserializer.instance.deserialize(parser, context);
		if (value != null && Math.abs((long) value.scale()) > JacksonSerializer.MAX_NUMBER_LENGTH) {
			throw new StreamConstraintsException("a decimal with an exponent of " + -(long) value.scale()
					+ " (expected: at most " + JacksonSerializer.MAX_NUMBER_LENGTH + ", either way)");
		}
		return value;
	}

}
