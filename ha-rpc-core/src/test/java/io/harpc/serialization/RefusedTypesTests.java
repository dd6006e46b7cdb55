package io.harpc.serialization;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.harpc.ServiceKey;
import io.harpc.method.InvalidServiceException;
import io.harpc.method.ServiceDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class RefusedTypesTests {

	private static final AtomicInteger gadgets = new AtomicInteger();

	private final InvalidServiceException refused = catchThrowableOfType(InvalidServiceException.class,
			() -> Serializer.json().forService(descriptor(Refused.class)));

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					byClass         | parameter value: io.harpc.serialization.RefusedTypesTests$ByClass: @JsonTypeInfo(use = CLASS) would let the sender choose the class; use = NAME
					minimalClass    | @JsonTypeInfo(use = MINIMAL_CLASS) would let the sender choose
					nestedByClass   | @JsonTypeInfo(use = CLASS) would let the sender choose
					propertyByClass | io.harpc.serialization.RefusedTypesTests$PropertyByClass.animal: @JsonTypeInfo(use = CLASS)
					contentByClass  | io.harpc.serialization.RefusedTypesTests$ContentByClass.animals: @JsonTypeInfo(use = CLASS)
					externalByClass | io.harpc.serialization.RefusedTypesTests$ExternalByClass.payload: @JsonTypeInfo(use = CLASS)
					othersByClass   | io.harpc.serialization.RefusedTypesTests$OthersByClass.others: @JsonTypeInfo(use = CLASS)
					setterByClass   | io.harpc.serialization.RefusedTypesTests$SetterByClass.set: @JsonTypeInfo(use = CLASS)
					unwrapped       | io.harpc.serialization.RefusedTypesTests$InsideByClass.animal: @JsonTypeInfo(use = CLASS)
					subtypeByClass  | io.harpc.serialization.RefusedTypesTests$PropertyByClass.animal: @JsonTypeInfo(use = CLASS)
					nobodyNamed     | no class is known for io.harpc.serialization.RefusedTypesTests$Unnamed
					objectInside    | result: io.harpc.serialization.RefusedTypesTests$Untyped.payload: java.lang.Object does not say what is sent
					untypedMap      | java.lang.Object does not say what is sent
					anyNumber       | parameter value: java.lang.Number: java.lang.Number does not say what is sent, and would arrive as another type
					serializable    | java.io.Serializable does not say what is sent
					classInside     | java.lang.Class belongs to one process
					abstractType    | io.harpc.serialization.RefusedTypesTests$Animal is abstract, and nothing says which class to build
					callback        | java.util.function.Supplier<java.lang.String> is abstract
					noCreator       | io.harpc.serialization.RefusedTypesTests$NoCreator cannot be built
					recordAsKey     | cannot be read
					inner           | cannot be
					""")
	void refusesAtStartWhatWouldFailOrArriveAsSomethingElse(String method, String problem) {
		assertThat(this.refused.problems()).as(method)
			.anyMatch(
					(text) -> text.startsWith(Refused.class.getName() + "." + method + "(") && text.contains(problem));
	}

	@Test
	void saysAllOfAnInterfaceAtOnceAndNothingTwice() {
		assertThat(this.refused.problems()).hasSize(22).doesNotHaveDuplicates();
	}

	@Test
	void acceptsWhatIsIgnoredNamedDeducedOrBuiltByTheUsersOwnCode() {
		assertThat(Serializer.json().forService(descriptor(Accepted.class))).hasSize(6);
	}

	/** Where nobody has looked for it. */
	@Test
	void aClassThatAPayloadNamesIsNotBuiltAllTheSame() {
		MethodSerializer serializer = Serializer.json()
			.forService(descriptor(BuiltByOwnCode.class))
			.values()
			.iterator()
			.next();
		byte[] payload = "[{\"@class\":\"%s\"}]".formatted(Gadget.class.getName()).getBytes(StandardCharsets.UTF_8);
		assertThatIOException().isThrownBy(() -> serializer.readArguments(payload, 0, payload.length))
			.isInstanceOf(UnreadablePayloadException.class);
		assertThat(gadgets).hasValue(0);
	}

	private static ServiceDescriptor descriptor(Class<?> type) {
		return ServiceDescriptor.of(ServiceKey.of(type), type);
	}

	interface Refused {

		void byClass(ByClass value);

		void minimalClass(List<MinimalClass> value);

		void nestedByClass(Map<String, Samples.Page<ByClass>> value);

		void propertyByClass(PropertyByClass value);

		ContentByClass contentByClass();

		void externalByClass(ExternalByClass value);

		void othersByClass(OthersByClass value);

		void setterByClass(SetterByClass value);

		void unwrapped(Unwrapped value);

		void subtypeByClass(Named value);

		void nobodyNamed(Unnamed value);

		Untyped objectInside();

		void untypedMap(Attributes value);

		void anyNumber(Number value);

		void serializable(List<Serializable> value);

		void classInside(WithClass value);

		void abstractType(Animal value);

		void callback(Supplier<String> value);

		void noCreator(NoCreator value);

		void recordAsKey(Map<Samples.Money, String> value);

		void inner(Inner value);

	}

	interface BuiltByOwnCode {

		void call(Own value);

	}

	@JsonDeserialize(using = OwnCode.class)
	record Own(ByClass value) {
	}

	static class OwnCode extends JsonDeserializer<Own> {

		@Override
		public Own deserialize(JsonParser parser, DeserializationContext context) throws IOException {
			return new Own(context.readValue(parser, ByClass.class));
		}

	}

	static class Gadget implements ByClass {

		Gadget() {
			gadgets.incrementAndGet();
		}

	}

	interface Accepted {

		void others(Others value);

		void ignored(Ignored value);

		void named(Vehicle value);

		void deduced(Deduced value);

		void created(Created value);

		void recursive(Samples.Tree value);

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
	interface ByClass {

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.MINIMAL_CLASS)
	record MinimalClass(int a) {
	}

	interface Animal {

	}

	record PropertyByClass(@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Animal animal) {
	}

	record ContentByClass(@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) List<Animal> animals) {
	}

	record ExternalByClass(String type, @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS,
			include = JsonTypeInfo.As.EXTERNAL_PROPERTY, property = "type") Object payload) {
	}

	static class OthersByClass {

		@JsonAnySetter
		@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
		public Map<String, Object> others = new HashMap<>();

	}

	static class SetterByClass {

		@JsonAnySetter
		@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
		public void set(String name, Object value) {
		}

	}

	static class Unwrapped {

		@JsonUnwrapped
		public InsideByClass inside;

	}

	static class InsideByClass {

		@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
		public Animal animal;

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	@JsonSubTypes(@JsonSubTypes.Type(NamedOne.class))
	interface Named {

	}

	record NamedOne(PropertyByClass value) implements Named {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	interface Unnamed {

	}

	record Untyped(Object payload) {
	}

	static class Attributes extends ArrayList<Object> {

		private static final long serialVersionUID = 1L;

	}

	record WithClass(Class<?> type) {
	}

	static class NoCreator {

		private final int a;

		private final int b;

		private NoCreator(int a, int b) {
			this.a = a;
			this.b = b;
		}

		private NoCreator(int a, String b) {
			this(a, Integer.parseInt(b));
		}

		public int getA() {
			return this.a;
		}

		public int getB() {
			return this.b;
		}

	}

	class Inner {

		public int getA() {
			return 1;
		}

	}

	static class Others {

		@JsonAnySetter
		public Map<String, Object> others = new HashMap<>();

	}

	record Ignored(int a, @JsonIgnore Object payload) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	@JsonSubTypes({ @JsonSubTypes.Type(value = Car.class, name = "car") })
	interface Vehicle {

	}

	record Car(int seats) implements Vehicle {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
	sealed interface Deduced {

	}

	record WithA(int a) implements Deduced {
	}

	record WithB(int b) implements Deduced {
	}

	interface Created {

		@JsonCreator
		static Created of(@JsonProperty("a") int a) {
			return () -> a;
		}

		int getA();

	}

}
