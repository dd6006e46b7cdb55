package io.harpc.serialization;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonTypeInfo.Id;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BasicDeserializerFactory;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedMethod;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.SubtypeResolver;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.impl.AsDeductionTypeDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, before the first call, whether values of a type can be read back: it follows
 * the deserializers that Jackson would use through every property. What it refuses would
 * fail in each call, arrive as something else, or let the sender choose a class.
 */
final class PayloadTypes {

	private static final Set<Id> SAFE_IDS = Set.of(Id.NAME, Id.SIMPLE_NAME);

	private static final Set<Class<?>> UNTYPED = Set.of(Object.class, Serializable.class, Number.class);

	private final DeserializationConfig config;

	private final DeserializationContext context;

	private final SubtypeResolver subtypes;

	private final Set<JavaType> seen = new HashSet<>();

	private final List<String> problems = new ArrayList<>();

	private PayloadTypes(ObjectMapper mapper) {
		this.config = mapper.getDeserializationConfig();
		this.context = ((DefaultDeserializationContext) mapper.getDeserializationContext())
			.createDummyInstance(this.config);
		this.subtypes = mapper.getSubtypeResolver();
	}

	/**
	 * What speaks against sending values of a type.
	 * @param mapper the mapper that would read them
	 * @param type the type
	 * @return one sentence for each problem, beginning with the type or property
	 */
	static List<String> problems(ObjectMapper mapper, JavaType type) {
		PayloadTypes types = new PayloadTypes(mapper);
		types.check(type, type.toCanonical(), null);
		return types.problems;
	}

	private void check(JavaType type, String place, @Nullable AnnotatedMember member) {
		try {
			TypeDeserializer typeInfo = type.getTypeHandler();
			if (typeInfo == null) {
				typeInfo = this.config.findTypeDeserializer(type);
			}
			if (typeInfo != null) {
				checkTypeInfo(typeInfo, type, place, member);
			}
			else if (this.seen.add(type)) {
				checkValue(type, place, member);
			}
		}
		catch (JsonMappingException | IllegalArgumentException ex) {
			String reason = (ex instanceof JsonMappingException mapping) ? mapping.getOriginalMessage()
					: ex.getMessage();
			this.problems.add(place + ": values of " + type.toCanonical() + " cannot be read: " + reason);
		}
	}

	private void checkTypeInfo(TypeDeserializer typeInfo, JavaType type, String place,
			@Nullable AnnotatedMember member) {
		boolean deduced = typeInfo instanceof AsDeductionTypeDeserializer;
		if (!deduced && !SAFE_IDS.contains(typeInfo.getTypeIdResolver().getMechanism())) {
			this.problems.add(place + ": @JsonTypeInfo(use = " + typeInfo.getTypeIdResolver().getMechanism()
					+ ") would let the sender choose the class; use = NAME with @JsonSubTypes or a sealed interface");
			return;
		}
		int concrete = 0;
		for (NamedType subtype : subtypes(type, member)) {
			JavaType specialized = this.context.constructType(subtype.getType());
			if (!specialized.isAbstract()) {
				concrete++;
				checkOnce(specialized);
			}
		}
		if (concrete == 0) {
			this.problems.add(place + ": no class is known for " + type.toCanonical()
					+ "; name its classes in @JsonSubTypes, or seal it");
		}
	}

	private void checkOnce(JavaType type) {
		try {
			if (this.seen.add(type)) {
				checkValue(type, type.toCanonical(), null);
			}
		}
		catch (JsonMappingException ex) {
			this.problems.add(type.toCanonical() + ": values cannot be read: " + ex.getOriginalMessage());
		}
	}

	private Collection<NamedType> subtypes(JavaType type, @Nullable AnnotatedMember member) {
		AnnotatedClass annotated = this.config.introspectClassAnnotations(type).getClassInfo();
		return (member != null) ? this.subtypes.collectAndResolveSubtypesByTypeId(this.config, member, type)
				: this.subtypes.collectAndResolveSubtypesByTypeId(this.config, annotated);
	}

	private void checkValue(JavaType type, String place, @Nullable AnnotatedMember member) throws JsonMappingException {
		Class<?> raw = type.getRawClass();
		if (UNTYPED.contains(raw)) {
			this.problems.add(place + ": " + raw.getName() + " does not say what is sent, and would arrive as another "
					+ "type; declare the type that is sent");
			return;
		}
		if (raw == Class.class) {
			this.problems.add(place + ": java.lang.Class belongs to one process; send a name or an id");
			return;
		}
		if (type.isMapLikeType()) {
			this.context.findKeyDeserializer(type.getKeyType(), null);
		}
		if (type.isContainerType()) {
			check(type.getContentType(), place, member);
		}
		else if (type.isReferenceType()) {
			check(type.getReferencedType(), place, member);
		}
		if (!type.isPrimitive()) {
			checkDeserializer(this.context.findNonContextualValueDeserializer(type), type, place);
		}
	}

	private void checkDeserializer(JsonDeserializer<?> deserializer, JavaType type, String place)
			throws JsonMappingException {
		if (deserializer instanceof AbstractDeserializer) {
			this.problems
				.add(place + ": " + type.toCanonical() + " is abstract, and nothing says which class to build; "
						+ "declare a class, or add @JsonTypeInfo(use = NAME) with @JsonSubTypes or a sealed interface");
			return;
		}
		ValueInstantiator instantiator = (deserializer instanceof ValueInstantiator.Gettable gettable)
				? gettable.getValueInstantiator() : null;
		if (instantiator != null && !instantiator.canInstantiate()) {
			this.problems.add(place + ": " + type.toCanonical() + " cannot be built; give it a constructor without "
					+ "parameters or one with @JsonCreator, or compile it with -parameters");
			return;
		}
		if (deserializer instanceof BeanDeserializerBase bean) {
			if (instantiator != null && instantiator.getDelegateType(this.config) != null) {
				check(instantiator.getDelegateType(this.config), place, null);
			}
			for (Iterator<SettableBeanProperty> properties = bean.properties(); properties.hasNext();) {
				checkProperty(properties.next(), type);
			}
			checkWhatIsKeptApart(bean, type);
		}
	}

	/**
	 * Jackson keeps apart what has the name of its type beside it, what is unwrapped, and
	 * what takes all that is no property.
	 */
	private void checkWhatIsKeptApart(BeanDeserializerBase bean, JavaType owner) throws JsonMappingException {
		BeanDescription description = this.config.introspect(owner);
		for (BeanPropertyDefinition property : description.findProperties()) {
			AnnotatedMember member = property.getMutator();
			if (member != null && !bean.hasProperty(property.getName())) {
				JavaType type = withTypeInfo(property.getPrimaryType(), member);
				if (type.getTypeHandler() != null || isUnwrapped(member)) {
					check(type, owner.getRawClass().getName() + "." + property.getName(), member);
				}
			}
		}
		AnnotatedMember rest = description.findAnySetterAccessor();
		if (rest != null) {
			checkRest(rest, owner);
		}
	}

	/** Without the name of a type it is texts, numbers, lists and maps. */
	private void checkRest(AnnotatedMember rest, JavaType owner) throws JsonMappingException {
		JavaType type = (rest instanceof AnnotatedMethod setter) ? withTypeInfo(setter.getParameterType(1), rest)
				: withTypeInfo(rest.getType(), rest).getContentType();
		if (type != null && (type.getTypeHandler() != null || !UNTYPED.contains(type.getRawClass()))) {
			check(type, owner.getRawClass().getName() + "." + rest.getName(), rest);
		}
	}

	private boolean isUnwrapped(AnnotatedMember member) {
		return this.config.getAnnotationIntrospector().findUnwrappingNameTransformer(member) != null;
	}

	private JavaType withTypeInfo(JavaType type, AnnotatedMember member) throws JsonMappingException {
		BasicDeserializerFactory factory = (BasicDeserializerFactory) this.context.getFactory();
		return type.isContainerType()
				? type.withContentTypeHandler(factory.findPropertyContentTypeDeserializer(this.config, type, member))
				: type.withTypeHandler(factory.findPropertyTypeDeserializer(this.config, type, member));
	}

	private void checkProperty(SettableBeanProperty property, JavaType owner) {
		if (property.isIgnorable()) {
			return;
		}
		JsonDeserializer<?> deserializer = property.getValueDeserializer();
		if (deserializer == null || isOfJackson(deserializer)) {
			check(property.getType(), owner.getRawClass().getName() + "." + property.getName(), property.getMember());
		}
	}

	/** One of the user's own knows what it builds. */
	private static boolean isOfJackson(JsonDeserializer<?> deserializer) {
		String name = deserializer.getClass().getName();
		return name.startsWith("com.fasterxml.jackson.") || name.startsWith(PayloadTypes.class.getPackageName());
	}

}
