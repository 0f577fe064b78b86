import type { ReactElement } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { useTexts } from "../i18n/index.ts";
import { Button } from "./Button.tsx";
import type { DialogProps } from "./Dialog.tsx";

/** A dialog that is there as long as it is rendered. The focus goes into it, stays in it, and goes back. */
export function DialogFrame({ title, onClose, children, wide, footer, alert }: DialogProps): ReactElement {
  const t = useTexts();
  return (
    <ModalOverlay className="veil" isOpen isDismissable={!alert} onOpenChange={(open) => !open && onClose()}>
      <Modal className={wide ? "modal wide" : "modal"}>
        <AriaDialog className="dialog" role={alert ? "alertdialog" : "dialog"}>
          <header>
            <Heading slot="title" level={2}>
              {title}
            </Heading>
          </header>
          <div className="body stack">{children}</div>
          <footer>{footer ?? <Button onPress={onClose}>{t.act.close}</Button>}</footer>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
