package io.harpc.serialization;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.ContextualSerializer;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Puts {@link IsoWriter} and {@link IsoReader} in front of the stock serializers of
 * {@code java.time}, which spend most of the time of an ordinary page of records in
 * {@code DateTimeFormatter}. The text is the same; what is uncommon goes to the stock
 * ones, and so does a property with a {@code @JsonFormat} of its own.
 */
final class IsoTimeModule extends SimpleModule {

	private static final long serialVersionUID = 1L;

	private static final List<Form<?>> FORMS = List.of(
			new Form<>(Instant.class, IsoWriter::isCommon, IsoWriter::of, IsoReader::instant),
			new Form<>(LocalDate.class, (value) -> IsoWriter.isCommon(value.getYear()), IsoWriter::of,
					IsoReader::localDate),
			new Form<>(LocalTime.class, (value) -> true, IsoWriter::of, IsoReader::localTime),
			new Form<>(LocalDateTime.class, (value) -> IsoWriter.isCommon(value.getYear()), IsoWriter::of,
					IsoReader::localDateTime),
			new Form<>(OffsetDateTime.class, (value) -> IsoWriter.isCommon(value.getYear()), IsoWriter::of,
					IsoReader::offsetDateTime),
			new Form<>(ZonedDateTime.class, (value) -> IsoWriter.isCommon(value.getYear()), IsoWriter::of,
					IsoReader::zonedDateTime));

	IsoTimeModule() {
		super("ha-rpc-iso-time");
		setSerializerModifier(new BeanSerializerModifier() {

			private static final long serialVersionUID = 1L;

			@Override
			public JsonSerializer<?> modifySerializer(SerializationConfig config, BeanDescription bean,
					JsonSerializer<?> stock) {
				Form<?> form = form(bean.getBeanClass());
				return (form != null) ? form.before(stock) : stock;
			}
		});
		setDeserializerModifier(new BeanDeserializerModifier() {

			private static final long serialVersionUID = 1L;

			@Override
			public JsonDeserializer<?> modifyDeserializer(DeserializationConfig config, BeanDescription bean,
					JsonDeserializer<?> stock) {
				Form<?> form = form(bean.getBeanClass());
				return (form != null) ? form.before(stock) : stock;
			}
		});
	}

	private static @Nullable Form<?> form(Class<?> type) {
		for (Form<?> form : FORMS) {
			if (form.type == type) {
				return form;
			}
		}
		return null;
	}

	private static boolean isPlain(JsonFormat.@Nullable Value format) {
		return format == null || format.equals(JsonFormat.Value.empty());
	}

	/**
	 * How a type is written and read.
	 *
	 * @param type the type
	 * @param common whether a value has the common form
	 * @param write writes such a value
	 * @param read reads such a text, or returns null
	 */
	private record Form<T>(Class<T> type, Predicate<T> common, Function<T, IsoWriter> write,
			Function<IsoReader, @Nullable T> read) {

		@SuppressWarnings("unchecked")
		JsonSerializer<T> before(JsonSerializer<?> stock) {
			return new IsoSerializer<>(this, (JsonSerializer<T>) stock);
		}

		@SuppressWarnings("unchecked")
		JsonDeserializer<T> before(JsonDeserializer<?> stock) {
			return new IsoDeserializer<>(this, (JsonDeserializer<T>) stock);
		}

	}

	private static final class IsoSerializer<T> extends StdScalarSerializer<T> implements ContextualSerializer {

		private static final long serialVersionUID = 1L;

		private final transient Form<T> form;

		private final transient JsonSerializer<T> stock;

		IsoSerializer(Form<T> form, JsonSerializer<T> stock) {
			super(form.type);
			this.form = form;
			this.stock = stock;
		}

		@Override
		public JsonSerializer<?> createContextual(SerializerProvider provider, @Nullable BeanProperty property)
				throws JsonMappingException {
			return isPlain(findFormatOverrides(provider, property, this.form.type)) ? this
					: provider.handleSecondaryContextualization(this.stock, property);
		}

		@Override
		public void serialize(T value, JsonGenerator generator, SerializerProvider provider) throws IOException {
			if (this.form.common.test(value)) {
				IsoWriter written = this.form.write.apply(value);
				generator.writeString(written.text(), 0, written.length());
			}
			else {
				this.stock.serialize(value, generator, provider);
			}
		}

	}

	private static final class IsoDeserializer<T> extends StdScalarDeserializer<T> implements ContextualDeserializer {

		private static final long serialVersionUID = 1L;

		private final transient Form<T> form;

		private final transient JsonDeserializer<T> stock;

		IsoDeserializer(Form<T> form, JsonDeserializer<T> stock) {
			super(form.type);
			this.form = form;
			this.stock = stock;
		}

		@Override
		public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property)
				throws JsonMappingException {
			return isPlain(findFormatOverrides(context, property, this.form.type)) ? this : context
				.handleSecondaryContextualization(this.stock, property, context.constructType(this.form.type));
		}

		@Override
		public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
			if (parser.hasToken(JsonToken.VALUE_STRING)) {
				T value = this.form.read
					.apply(new IsoReader(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength()));
				if (value != null) {
					return value;
				}
			}
			return this.stock.deserialize(parser, context);
		}

	}

}
