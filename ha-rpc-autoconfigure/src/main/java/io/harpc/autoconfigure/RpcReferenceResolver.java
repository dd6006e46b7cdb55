package io.harpc.autoconfigure;

import java.lang.annotation.Annotation;
import java.util.function.BiFunction;

import io.harpc.annotation.RpcReference;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.AutowireCandidateResolver;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.core.MethodParameter;

/**
 * Gives a reference to every injection point that asks for one with {@link RpcReference},
 * before the container looks for a bean: beans that implement the interface here, one or
 * many, make no difference. Everything else is left to the resolver that was there
 * before.
 */
final class RpcReferenceResolver extends ContextAnnotationAutowireCandidateResolver {

	private final AutowireCandidateResolver former;

	private final BiFunction<RpcReference, DependencyDescriptor, Object> references;

	RpcReferenceResolver(AutowireCandidateResolver former,
			BiFunction<RpcReference, DependencyDescriptor, Object> references) {
		this.former = former;
		this.references = references;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		super.setBeanFactory(beanFactory);
		if (this.former instanceof BeanFactoryAware aware) {
			aware.setBeanFactory(beanFactory);
		}
	}

	@Override
	public @Nullable Object getSuggestedValue(DependencyDescriptor descriptor) {
		RpcReference annotation = find(descriptor);
		return (annotation != null) ? this.references.apply(annotation, descriptor)
				: this.former.getSuggestedValue(descriptor);
	}

	/** On a setter the annotation stands at the method, not at its parameter. */
	static @Nullable RpcReference find(InjectionPoint point) {
		for (Annotation annotation : point.getAnnotations()) {
			if (annotation instanceof RpcReference reference) {
				return reference;
			}
		}
		MethodParameter parameter = point.getMethodParameter();
		return (parameter != null) ? parameter.getMethodAnnotation(RpcReference.class) : null;
	}

	@Override
	public boolean isAutowireCandidate(BeanDefinitionHolder holder, DependencyDescriptor descriptor) {
		return this.former.isAutowireCandidate(holder, descriptor);
	}

	@Override
	public boolean isRequired(DependencyDescriptor descriptor) {
		return this.former.isRequired(descriptor);
	}

	@Override
	public boolean hasQualifier(DependencyDescriptor descriptor) {
		return this.former.hasQualifier(descriptor);
	}

	@Override
	public @Nullable String getSuggestedName(DependencyDescriptor descriptor) {
		return this.former.getSuggestedName(descriptor);
	}

	@Override
	public @Nullable Object getLazyResolutionProxyIfNecessary(DependencyDescriptor descriptor,
			@Nullable String beanName) {
		return this.former.getLazyResolutionProxyIfNecessary(descriptor, beanName);
	}

	@Override
	public @Nullable Class<?> getLazyResolutionProxyClass(DependencyDescriptor descriptor, @Nullable String beanName) {
		return this.former.getLazyResolutionProxyClass(descriptor, beanName);
	}

	@Override
	public AutowireCandidateResolver cloneIfNecessary() {
		return new RpcReferenceResolver(this.former.cloneIfNecessary(), this.references);
	}

}
