package io.harpc.autoconfigure;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.harpc.method.MethodDescriptor;
import io.harpc.server.AuthorizationSettings;
import io.harpc.server.Permission;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Reads {@link RolesAllowed}, {@link PermitAll} and {@link DenyAll} of Jakarta
 * Annotations, which Spring Security reads too. What stands on a method, or on one that
 * it overrides, comes before what stands on a class, and what stands on the bean before
 * what stands on the interface.
 */
final class JakartaAnnotations implements AuthorizationSettings.Declarations {

	private static final List<Class<? extends Annotation>> TYPES = List.of(RolesAllowed.class, PermitAll.class,
			DenyAll.class);

	@Override
	public @Nullable Permission find(Object bean, MethodDescriptor method) {
		Class<?> beanClass = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
		Method declared = method.method();
		List<Class<?>> services = superclasses(beanClass).flatMap(JakartaAnnotations::interfaces)
			.filter((type) -> type.getName().equals(method.service().name()))
			.flatMap((service) -> Stream.concat(Stream.of(service), interfaces(service)))
			.filter((type) -> in(type, declared) != null)
			.toList();
		Stream<Method> methods = Stream.concat(
				superclasses(beanClass).map((type) -> AopUtils.getMostSpecificMethod(declared, type)),
				services.stream().map((type) -> in(type, declared)));
		return Stream.concat(methods, Stream.concat(superclasses(beanClass), services.stream()))
			.map(JakartaAnnotations::on)
			.filter((permission) -> permission != null)
			.findFirst()
			.orElse(null);
	}

	/** As an interface has it, of which several may have the same method. */
	private static @Nullable Method in(Class<?> type, Method method) {
		return ClassUtils.getMethodIfAvailable(type, method.getName(), method.getParameterTypes());
	}

	private static Stream<Class<?>> superclasses(Class<?> type) {
		return Stream.iterate(type, (each) -> each != null, Class::getSuperclass);
	}

	private static Stream<Class<?>> interfaces(Class<?> type) {
		return Arrays.<Class<?>>stream(type.getInterfaces())
			.flatMap((each) -> Stream.concat(Stream.of(each), interfaces(each)));
	}

	private static @Nullable Permission on(AnnotatedElement element) {
		List<Class<? extends Annotation>> present = TYPES.stream()
			.filter((type) -> AnnotatedElementUtils.isAnnotated(element, type))
			.toList();
		if (present.isEmpty()) {
			return null;
		}
		if (present.size() > 1) {
			throw new RpcStartupException(element + " carries "
					+ String.join(" and ", present.stream().map((type) -> "@" + type.getSimpleName()).toList())
					+ ", which contradict each other.", "Leave one of them.");
		}
		RolesAllowed allowed = AnnotatedElementUtils.getMergedAnnotation(element, RolesAllowed.class);
		if (allowed != null && allowed.value().length > 0) {
			return Permission.of(List.of(), List.of(allowed.value()));
		}
		return (present.get(0) == PermitAll.class) ? Permission.ofEverybody() : Permission.ofNobody();
	}

}
